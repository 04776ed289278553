import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { utf8ToBytes } from './hash.ts'
import { canonicalJson, type Json } from './json.ts'
import { isKeptApart, isReference, MAX_INLINE_BYTES, referenceTo } from './reference.ts'

const json: fc.Arbitrary<Json> = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)))

describe('V references', () => {
  it('V1 what has the shape of a reference is kept apart, and nothing else of that size', () => {
    fc.assert(
      fc.property(json, (value) => {
        const reference = referenceTo(value)
        expect(isReference(reference)).toBe(true)
        expect(isKeptApart(reference)).toBe(true)
        expect(isKeptApart(value)).toBe(isReference(value) || utf8ToBytes(canonicalJson(value)).length > MAX_INLINE_BYTES)
      }),
    )
  })

  it.each([
    ['a text at the limit', 'x'.repeat(MAX_INLINE_BYTES - 2), false],
    ['one byte more', 'x'.repeat(MAX_INLINE_BYTES - 1), true],
    ['few characters of many bytes', '⚓'.repeat(MAX_INLINE_BYTES / 3), true],
    ['a list of small ones', Array.from({ length: 5_000 }, (_, n) => n), true],
    ['a number', 1e300, false],
  ])('V1 size is told in bytes: %s', (_, value, isLarge) => {
    expect(isKeptApart(value)).toBe(isLarge)
  })

  it('V1 almost a reference is data', () => {
    const { $value, bytes } = referenceTo('x')
    for (const value of [{ $value }, { $value, bytes, more: 1 }, { $value: 'ab', bytes }, { $value, bytes: '1' }, [$value, bytes]])
      expect(isReference(value)).toBe(false)
  })

  it('V1 the order of members changes nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        expect(referenceTo(Object.fromEntries(Object.entries(value).reverse()))).toEqual(referenceTo(value))
      }),
    )
  })
})
