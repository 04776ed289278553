import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../testing/store-contract/subject.ts'
import { crc32 } from './crc32.ts'

test('the check value of the standard', () => expect(crc32('123456789')).toBe(0xcbf43926))

test('S5 any bytes and any text from any seed: what zlib computes', () => {
  const data = fc.oneof(fc.uint8Array({ maxLength: 300 }), anyText(40))
  fc.assert(
    fc.property(data, fc.nat(0xffffffff), (bytes, seed) => {
      expect(crc32(bytes, seed)).toBe(zlibCrc32(bytes, seed))
    }),
  )
})
