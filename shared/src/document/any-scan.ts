/**
 * Walks one value in lib0's `any` encoding without building it, and refuses what is not JSON (`undefined`, big integers, bytes,
 * NaN), what is nested too deep, and keys that would become a prototype.
 *
 *   127 undefined · 126 null · 125 integer · 124 float32 · 123 float64 · 122 bigint · 121 false · 120 true · 119 text · 118 object ·
 *   117 array · 116 bytes
 */

import { FORBIDDEN_KEY, MAX_DEPTH } from '../values/content.ts'
import { refusal } from '../values/refusal.ts'
import { type ByteReader, garbage, Unreadable } from './byte-reader.ts'

export const ARRAY_TAG = 117

export const scanAny = (reader: ByteReader, depth = 0): void => {
  const tag = reader.byte()
  switch (tag) {
    case 126:
    case 121:
    case 120:
      return
    case 125:
      return reader.skipVarInt()
    case 124:
      return reader.finiteFloat(4)
    case 123:
      return reader.finiteFloat(8)
    case 119:
      return reader.skipText()
    case 118:
      return scanObject(reader, deeper(depth))
    case ARRAY_TAG:
      return scanArray(reader, deeper(depth))
    case 127:
    case 122:
    case 116:
      throw new Unreadable(refusal('fix-request', 'bad-content', 'The update holds a value that is not JSON.'))
    default:
      throw garbage()
  }
}

const deeper = (depth: number): number => {
  if (depth >= MAX_DEPTH) throw new Unreadable(refusal('fix-request', 'too-deep', `Content is nested deeper than ${MAX_DEPTH} levels.`))
  return depth + 1
}

const scanArray = (reader: ByteReader, depth: number): void => {
  for (let left = reader.count(); left > 0; left--) scanAny(reader, depth)
}

const scanObject = (reader: ByteReader, depth: number): void => {
  for (let left = reader.count(); left > 0; left--) {
    if (reader.text() === FORBIDDEN_KEY) {
      throw new Unreadable(refusal('give-up', 'forbidden-key', `The key ${FORBIDDEN_KEY} may not be used.`))
    }
    scanAny(reader, depth)
  }
}
