import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layeredGraph } from '../testing/graphs.ts'
import { Prng } from '../testing/prng.ts'
import { orderOf } from './order.ts'

const order = (steps: number, links: readonly (readonly [number, number])[]) => {
  const result = orderOf(
    steps,
    Uint32Array.from(links, ([from]) => from),
    Uint32Array.from(links, ([, to]) => to),
  )
  return { order: [...result.order], level: [...result.level] }
}

/** Links of a DAG: always from the step that stands earlier in a random permutation. */
const dags = fc.integer({ min: 1, max: 40 }).chain((steps) =>
  fc.record({
    place: fc.shuffledSubarray(
      Array.from({ length: steps }, (_, n) => n),
      { minLength: steps },
    ),
    pairs: fc.array(fc.tuple(fc.nat(steps - 1), fc.nat(steps - 1)), { maxLength: 120 }),
  }),
)

const linksOf = ({ place, pairs }: { place: number[]; pairs: [number, number][] }): [number, number][] =>
  pairs.filter(([a, b]) => a !== b).map(([a, b]) => (place[a]! < place[b]! ? [a, b] : [b, a]))

test('EX-2 every step once, each after all it depends on, on the level of its longest way', () => {
  fc.assert(
    fc.property(dags, (dag) => {
      const links = linksOf(dag)
      const { order: sorted, level } = order(dag.place.length, links)
      expect([...sorted].sort((a, b) => a - b)).toEqual(dag.place.map((_, n) => n))
      for (let step = 0; step < level.length; step++) {
        const before = links.filter(([, to]) => to === step).map(([from]) => level[from]!)
        expect(level[step]).toBe(before.length === 0 ? 0 : Math.max(...before) + 1)
        for (const [from, to] of links) if (to === step) expect(sorted.indexOf(from)).toBeLessThan(sorted.indexOf(step))
      }
    }),
  )
})

test('EX-2 the order is the same however the links are listed; ties go by number', () => {
  fc.assert(
    fc.property(dags, (dag) => {
      const links = linksOf(dag)
      expect(order(dag.place.length, [...links].reverse())).toEqual(order(dag.place.length, links))
    }),
  )
  expect(order(4, [[3, 0]]).order).toEqual([1, 2, 3, 0])
})

test('EX-2 steps in and behind a cycle are left out, the others are ordered', () => {
  expect(
    order(5, [
      [0, 1],
      [2, 3],
      [3, 2],
      [3, 4],
    ]),
  ).toEqual({ order: [0, 1], level: [0, 1, -1, -1, -1] })
})

test('EX-2 nothing and one', () => {
  expect(order(0, [])).toEqual({ order: [], level: [] })
  expect(order(1, [[0, 0]])).toEqual({ order: [], level: [-1] })
  expect(order(1, [])).toEqual({ order: [0], level: [0] })
})

test('EX-2 100,000 steps with 300,000 links', () => {
  const { steps, from, to } = layeredGraph(new Prng('order'), 100_000, 300_000, 100)
  const { order: sorted, level } = orderOf(steps, from, to)
  expect(sorted).toHaveLength(steps)
  expect(from.every((source, link) => level[source]! < level[to[link]!]!)).toBe(true)
})
