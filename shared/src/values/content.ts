/**
 * What every log and document can hold: JSON that reads back as the very same value on every replica. Yjs would let through, and change
 * on the way: a `__proto__` key (becomes the prototype), a lone surrogate (becomes U+FFFD), NaN, `undefined`. The hash chain of
 * writer and reader would part.
 */
import { type Refusal, refusal } from './refusal.ts'

/** Levels of nesting below an element; the doors admit 64 levels of content, the rest is for envelopes. */
export const MAX_DEPTH = 72

export const FORBIDDEN_KEY = '__proto__'

/** The first thing wrong with it, or undefined. */
export const refuseContent = (value: unknown, depth = 0): Refusal | undefined => {
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'string') return value.isWellFormed() ? undefined : bad('A text holds half a surrogate pair.')
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : bad(`${value} is not a JSON number.`)
  if (typeof value !== 'object') return bad(`A value of type ${typeof value} is not JSON.`)
  if (depth >= MAX_DEPTH) return refusal('fix-request', 'too-deep', `Content is nested deeper than ${MAX_DEPTH} levels.`)
  return Array.isArray(value) ? refuseElements(value, depth + 1) : refuseMembers(value, depth + 1)
}

const refuseElements = (elements: readonly unknown[], depth: number): Refusal | undefined => {
  // By number: every log entry passes here, and an iterator would be made for each list in it.
  for (let place = 0; place < elements.length; place += 1) {
    const found = refuseContent(elements[place], depth)
    if (found !== undefined) return found
  }
  return undefined
}

const refuseMembers = (members: object, depth: number): Refusal | undefined => {
  for (const [key, member] of Object.entries(members)) {
    if (key === FORBIDDEN_KEY) return refusal('fix-request', 'forbidden-key', `The key ${FORBIDDEN_KEY} may not be used.`)
    const found = refuseContent(key, depth) ?? refuseContent(member, depth)
    if (found !== undefined) return found
  }
  return undefined
}

const bad = (message: string): Refusal => refusal('fix-request', 'bad-content', message)
