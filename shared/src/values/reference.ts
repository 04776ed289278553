/**
 * Large values by reference (EX-5). A log holds of a large value only this:
 *
 *   {"$value": SHA-256 of its canonical JSON, "bytes": their number}
 *
 *   V1  Whatever has this shape in a log is a reference. A user's own data that looks like one is kept by reference itself, whatever its
 *       size, so nobody can forge one.
 *   V2  A reference that leads to nothing reads as a `MissingValue`, which no data can be taken for.
 */
import { sha256Hex, utf8ToBytes } from './hash.ts'
import { canonicalJson, isJsonObject, type Json } from './json.ts'

/** A value of more bytes is kept outside the log. */
export const MAX_INLINE_BYTES = 16 * 1024

export type Reference = { readonly $value: string; readonly bytes: number }

const HASH = /^[0-9a-f]{64}$/

export const isReference = (value: Json): value is Reference =>
  isJsonObject(value) &&
  typeof value.$value === 'string' &&
  HASH.test(value.$value) &&
  typeof value.bytes === 'number' &&
  Object.keys(value).length === 2

export const referenceTo = (value: Json): Reference => {
  const text = canonicalJson(value)
  return { $value: sha256Hex(text), bytes: utf8ToBytes(text).length }
}

export const isKeptApart = (value: Json): boolean => isLarge(value) || isReference(value)

/** Most values are small, and seen to be so by a text that the engine makes fast: a UTF-16 unit takes at most 3 bytes. */
const isLarge = (value: Json): boolean => {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return false
  const { length } = JSON.stringify(value)
  return length > MAX_INLINE_BYTES || (3 * length > MAX_INLINE_BYTES && utf8ToBytes(canonicalJson(value)).length > MAX_INLINE_BYTES)
}

/** Stands in a state where a value should: what its reference leads to is not here, or is not what it was. */
export class MissingValue {
  readonly [member: string]: Json
  readonly $value: string
  readonly bytes: number

  constructor({ $value, bytes }: Reference) {
    this.$value = $value
    this.bytes = bytes
  }
}
