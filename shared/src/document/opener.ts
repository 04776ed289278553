/**
 * The first element of every segment, `[0, baseSegment | null, baseLength, baseHead]`: what it stands on (D1).
 *
 *   baseLength   elements of the base that count, its own opener included
 *   baseHead     hex of the hash chain's head there, so that a segment also vouches for its past
 *
 * Code 0 belongs to this room; all other entries are opaque here.
 */
import type { Json } from '../values/json.ts'

export const OPENER_CODE = 0
const HEAD = /^[0-9a-f]{64}$/

export interface Base {
  readonly segment: string
  readonly length: number
}

/** `base: null` opens a document's first segment. */
export interface Opener {
  readonly base: Base | null
  readonly head: string
}

export const openerElement = ({ base, head }: Opener): readonly Json[] => [OPENER_CODE, base?.segment ?? null, base?.length ?? 0, head]

export const parseOpener = (element: unknown): Opener | undefined => {
  if (!Array.isArray(element) || element.length !== 4 || element[0] !== OPENER_CODE) return undefined
  const segment: unknown = element[1]
  const length: unknown = element[2]
  const head: unknown = element[3]
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || typeof head !== 'string' || !HEAD.test(head)) return undefined
  if (segment === null) return length === 0 ? { base: null, head } : undefined
  return typeof segment === 'string' && length >= 1 ? { base: { segment, length }, head } : undefined
}
