/**
 * What JSON from outside must not hold, whatever it means: numbers that overflowed (`1e400` parses to infinity), halves of
 * characters, keys that reach an object's prototype, and sizes chosen to exhaust. Also used before sending, for what a
 * handler returned, where the value may not be JSON at all.
 */
import { type Refusal, refusal } from '../values/refusal.ts'

const MAX_DEPTH = 64
const MAX_KEYS = 10_000
const MAX_VALUES = 100_000
const MAX_TEXT_LENGTH = 64 * 1024
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** The first fault found, or undefined for clean JSON. Depth and count are bounded, so cycles and shared branches end too. */
export const inspectJson = (value: unknown): Refusal | undefined => inspectAt(value, 0, { keys: 0, values: 0 })

interface Tally {
  keys: number
  values: number
}

const inspectAt = (value: unknown, depth: number, tally: Tally): Refusal | undefined => {
  tally.values += 1
  if (tally.values > MAX_VALUES) return fault('too-many-values', `JSON may hold ${MAX_VALUES} values.`)
  if (depth > MAX_DEPTH) return fault('too-deep', `JSON may nest ${MAX_DEPTH} levels.`)
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : fault('bad-number', 'A number is out of range.')
  if (typeof value === 'string') return inspectText(value)
  if (Array.isArray(value)) return inspectItems(value, depth, tally)
  return isPlainObject(value) ? inspectMembers(value, depth, tally) : fault('not-json', 'A value is not JSON.')
}

const inspectText = (text: string): Refusal | undefined => {
  if (text.length > MAX_TEXT_LENGTH) return fault('text-too-long', `A text may have ${MAX_TEXT_LENGTH} characters.`)
  return text.isWellFormed() ? undefined : fault('bad-text', 'A text holds half a character.')
}

const inspectItems = (items: readonly unknown[], depth: number, tally: Tally): Refusal | undefined => {
  // By index: `some` and `for of` would skip or hide the holes of a sparse array.
  for (let index = 0; index < items.length; index += 1) {
    const found = inspectAt(items[index], depth + 1, tally)
    if (found !== undefined) return found
  }
  return undefined
}

const inspectMembers = (object: object, depth: number, tally: Tally): Refusal | undefined => {
  for (const [key, member] of Object.entries(object)) {
    tally.keys += 1
    if (tally.keys > MAX_KEYS) return fault('too-many-keys', `JSON may have ${MAX_KEYS} keys.`)
    if (FORBIDDEN_KEYS.has(key)) return fault('forbidden-key', 'A key reaches for an object’s prototype.')
    const found = inspectText(key) ?? inspectAt(member, depth + 1, tally)
    if (found !== undefined) return found
  }
  return undefined
}

const isPlainObject = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

const fault = (code: string, message: string): Refusal => refusal('fix-request', code, message)
