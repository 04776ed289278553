import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../testing/store-contract/subject.ts'
import { compareKeys } from './key-order.ts'

test('keys compare as their UTF-8 bytes do', () => {
  const key = anyText(4)
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 1_000 },
  )
})

test.each([
  ['\uffff', '😀'],
  ['\ud7ff', '\ue000'],
  ['\ud7ff', '😀'],
  ['\ue000', '\u{10000}'],
  ['a', 'a\0'],
])('%j stands before %j', (a, b) => {
  expect(compareKeys(a, b)).toBeLessThan(0)
  expect(compareKeys(b, a)).toBeGreaterThan(0)
})
