import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LinkSet } from './link-set.ts'

const links = fc.array(fc.nat(200), { maxLength: 40 })

test('W12 the links that sent are a set: what went in is there, what was taken out is not, and nothing else', () => {
  fc.assert(
    fc.property(links, links, links, (first, second, taken) => {
      const set = LinkSet.EMPTY.with(first).with(second).without(taken)
      const plain = [...new Set([...first, ...second])].filter((link) => !taken.includes(link)).toSorted((a, b) => a - b)
      expect(set.toJSON()).toEqual(plain)
      for (let link = 0; link <= 200; link += 1) expect(set.has(link)).toBe(plain.includes(link))
    }),
  )
})

test('W12 equal sets look equal, however they came about', () => {
  expect(LinkSet.EMPTY.with([3, 90]).without([90])).toEqual(LinkSet.EMPTY.with([3]))
})

test('W5 a number that no link can have asks for no room', () => {
  const set = LinkSet.EMPTY.with([-1, 0.5, Number.MAX_SAFE_INTEGER, 2])
  expect([set.toJSON(), set.words.length, set.has(-1), set.has(0.5)]).toEqual([[2], 1, false, false])
})
