/**
 * Reads lib0's "any" encoding from bytes nobody vouches for. lib0's own `readAny` recurses as deep as the sender likes, and assigns
 * `__proto__` like any key; this reader bounds depth and count, refuses such keys, and reads only what a frame may hold.
 *
 * It throws on anything else, as lib0 does; `codec.ts` turns every throw into a refusal.
 */
import * as decoding from 'lib0/decoding'
import { MAX_FRAME_DEPTH, MAX_FRAME_VALUES } from './limits.ts'

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export class FrameError extends Error {}

interface Reader {
  readonly decoder: decoding.Decoder
  valuesLeft: number
}

/** @param frame owned by the caller for good: byte values in the answer are views into it */
export const readFrame = (frame: Uint8Array<ArrayBuffer>): unknown => {
  const reader = { decoder: decoding.createDecoder(frame), valuesLeft: MAX_FRAME_VALUES }
  const value = readValue(reader, 0)
  if (decoding.hasContent(reader.decoder)) throw new FrameError('bytes follow the message')
  return value
}

const readValue = (reader: Reader, depth: number): unknown => {
  if (depth > MAX_FRAME_DEPTH) throw new FrameError('values are nested too deep')
  if (reader.valuesLeft-- === 0) throw new FrameError('too many values')
  const tag = decoding.readUint8(reader.decoder)
  switch (tag) {
    case 117:
      return readArray(reader, depth)
    case 118:
      return readObject(reader, depth)
    default:
      return readScalar(reader.decoder, tag)
  }
}

const readScalar = (decoder: decoding.Decoder, tag: number): unknown => {
  switch (tag) {
    case 116:
      return decoding.readVarUint8Array(decoder)
    case 119:
      return decoding.readVarString(decoder)
    case 120:
      return true
    case 121:
      return false
    case 123:
      return decoding.readFloat64(decoder)
    case 124:
      return decoding.readFloat32(decoder)
    case 125:
      return decoding.readVarInt(decoder)
    case 126:
      return null
    default:
      throw new FrameError('a value of an unknown kind')
  }
}

const readArray = (reader: Reader, depth: number): readonly unknown[] => {
  const length = decoding.readVarUint(reader.decoder)
  const items: unknown[] = []
  for (let index = 0; index < length; index++) items.push(readValue(reader, depth + 1))
  return items
}

const readObject = (reader: Reader, depth: number): Readonly<Record<string, unknown>> => {
  const size = decoding.readVarUint(reader.decoder)
  const members: Record<string, unknown> = {}
  for (let index = 0; index < size; index++) {
    const key = decoding.readVarString(reader.decoder)
    if (FORBIDDEN_KEYS.has(key) || Object.hasOwn(members, key)) throw new FrameError('a key that is forbidden or stands twice')
    members[key] = readValue(reader, depth + 1)
  }
  return members
}
