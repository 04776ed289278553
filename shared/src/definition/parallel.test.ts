import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parallelLinks } from './parallel.ts'

test('DEF-2 exactly those links are parallel that share both ends with another', () => {
  const ends = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 30 })
  fc.assert(
    fc.property(ends, (links) => {
      const found = parallelLinks(
        6,
        Uint32Array.from(links, ([from]) => from),
        Uint32Array.from(links, ([, to]) => to),
      )
      const expected = links.map(([from, to]) => (links.filter((other) => other[0] === from && other[1] === to).length > 1 ? 1 : 0))
      expect([...found]).toEqual(expected)
    }),
  )
})
