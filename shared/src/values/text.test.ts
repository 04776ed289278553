import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundedText, MAX_MESSAGE } from './text.ts'

test('a text that may be kept stays as it is', () => {
  for (const text of ['', 'jammed', '\u{1f600}']) expect(boundedText(text)).toBe(text)
})

test('any text becomes one that is well-formed and bounded, also when the cut goes through a pair', () => {
  expect(boundedText('ab\u{1f600}', 3)).toBe('ab\ufffd')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3 * MAX_MESSAGE }), fc.nat(9), (text, cut) => {
      const kept = boundedText(`${text.slice(cut)}\ud800`)
      expect([kept.isWellFormed(), kept.length <= MAX_MESSAGE]).toEqual([true, true])
    }),
  )
})
