/**
 * A list's place, handed to the caller and back: the position, and a signature over the position and everything that makes the query what
 * it is (filters, order, what the caller may see). A cursor that was changed, or is used with another query or by somebody who sees other
 * facilities, does not open. The page size is not part of it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../values/json.ts'
import type { ListPosition } from './listing.ts'

/** All that makes a query what it is, and the page asked for. */
export interface Paged {
  readonly limit: number
  readonly after?: ListPosition
}

export const sealCursor = (key: Uint8Array, query: Paged, { value, id }: ListPosition): string => {
  const position = canonicalJson([value, id])
  return `${Buffer.from(position).toString('base64url')}.${signature(key, query, position).toString('base64url')}`
}

export const openCursor = (key: Uint8Array, query: Paged, cursor: string): ListPosition | undefined => {
  const [encoded = '', signed = ''] = cursor.split('.')
  const position = Buffer.from(encoded, 'base64url').toString()
  const expected = signature(key, query, position)
  const given = Buffer.from(signed, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return positionOf(position)
}

const signature = (key: Uint8Array, { limit: _limit, after: _after, ...query }: Paged, position: string): Buffer =>
  createHmac('sha256', key)
    .update(canonicalJson([query, position]))
    .digest()

/** Only ever reads what `sealCursor` wrote: the signature held. */
const positionOf = (text: string): ListPosition | undefined => {
  const parsed: unknown = JSON.parse(text)
  if (!Array.isArray(parsed)) return undefined
  const [value, id]: unknown[] = parsed
  return (typeof value === 'string' || typeof value === 'number') && typeof id === 'string' ? { value, id } : undefined
}
