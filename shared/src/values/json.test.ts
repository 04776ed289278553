import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, type Json } from './json.ts'

const json = fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>

/** The same value with the members of every object in another order. */
const turned = (value: Json): Json => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(turned)
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  )
}

test('the text reads back as the value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('equal values give equal text, in whatever order their members were written', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(canonicalJson(turned(value))).toBe(canonicalJson(value))
    }),
  )
})

test.each<[Json, string]>([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [{ 10: 'ten', 9: 'nine', a: {} }, '{"10":"ten","9":"nine","a":{}}'],
  [{ '\u{1f600}': 1, '\ufb33': 2 }, '{"\u{1f600}":1,"\ufb33":2}'],
  [JSON.parse('{"b":2,"__proto__":1}'), '{"__proto__":1,"b":2}'],
  [[], '[]'],
  [[''], '[""]'],
  [[[], [[]]], '[[],[[]]]'],
  [['', ''], '["",""]'],
  [{ '': '' }, '{"":""}'],
  ['"\\\u0007\n\u2028', '"\\"\\\\\\u0007\\n\u2028"'],
  [-0, '0'],
  [1e21, '1e+21'],
  [333333333.3333333, '333333333.3333333'],
  [5e-324, '5e-324'],
])('%j is %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text)
})

test('a member that is undefined is as one that is absent', () => {
  const value = { a: undefined, b: 1, c: undefined } as unknown as Json
  expect(canonicalJson(value)).toBe('{"b":1}')
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is no JSON number', (number) => {
  expect(() => canonicalJson([{ a: number }])).toThrow(RangeError)
})
