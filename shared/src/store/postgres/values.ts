/** Between columns and values: what a row must hold, and under which text a field stands in its index. */
import { sha256Hex } from '../../values/hash.ts'
import { isJsonObject, type Json } from '../../values/json.ts'
import { corrupt } from '../sqlite/seal.ts'
import type { SqlRow } from './database.ts'

export const textOf = (row: SqlRow, column: string): string => {
  const value = row[column]
  if (typeof value === 'string') return value
  throw corrupt(`column ${column}`, 'text was expected')
}

/** A `bigint` column comes as text or as a number, as the client likes; all that is written here is a safe integer. */
export const numberOf = (row: SqlRow, column: string): number => {
  const value = Number(row[column])
  if (Number.isSafeInteger(value)) return value
  throw corrupt(`column ${column}`, 'an integer was expected')
}

export const bytesOf = (row: SqlRow, column: string): Uint8Array => {
  const value = row[column]
  if (value instanceof Uint8Array) return new Uint8Array(value)
  throw corrupt(`column ${column}`, 'bytes were expected')
}

const encoder = new TextEncoder()
/** A mark at the beginning of a key is a part of it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export const keyBytes = (key: string): Uint8Array => encoder.encode(key)
export const keyText = (bytes: Uint8Array): string => decoder.decode(bytes)

/** An index holds no more than a third of a page for each row. */
const MAX_INDEXED = 500

/** JSON text of a scalar, which tells 1 from "1" and true from "true"; a long one stands by its hash. */
export const indexText = (value: string | number | boolean): string => {
  const text = JSON.stringify(value)
  return text.length <= MAX_INDEXED ? text : `sha256 ${sha256Hex(text)}`
}

/** Null for rows without the field, which stand in no index. */
export const indexTextOf = (value: Json, field: string): string | null => {
  const member = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined
  return typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean' ? indexText(member) : null
}
