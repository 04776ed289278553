import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Consistency } from '../definition/schema-consistency.ts'
import { parseDemand, stricter } from './level.ts'

const policies: fc.Arbitrary<Consistency> = fc.oneof(
  fc.constant<Consistency>({ level: 'strong' }),
  fc.constant<Consistency>({ level: 'eventual' }),
  fc.record({
    level: fc.constant('bounded_staleness' as const),
    maxLagMs: fc.integer({ min: 1, max: 9 }),
    maxPending: fc.integer({ min: 1, max: 9 }),
  }),
)

describe('L1 the stricter of two', () => {
  test('L1 is the same whichever is named first, however often, and in whatever order three are taken', () => {
    fc.assert(
      fc.property(policies, policies, policies, (a, b, c) => {
        expect(stricter(a, a)).toEqual(a)
        expect(stricter(a, b)).toEqual(stricter(b, a))
        expect(stricter(stricter(a, b), c)).toEqual(stricter(a, stricter(b, c)))
      }),
    )
  })

  test('L1 strong before bounded before eventual; of two bounds, the smaller of each', () => {
    const bounded = (maxLagMs: number, maxPending: number): Consistency => ({ level: 'bounded_staleness', maxLagMs, maxPending })
    expect(stricter(bounded(5, 1), { level: 'strong' })).toEqual({ level: 'strong' })
    expect(stricter(bounded(5, 1), { level: 'eventual' })).toEqual(bounded(5, 1))
    expect(stricter(bounded(5, 1), bounded(2, 3))).toEqual(bounded(2, 1))
  })
})

describe('L2 a demand in a request', () => {
  test.each<[string | undefined, string | undefined, object | undefined]>([
    [undefined, undefined, undefined],
    ['strong', undefined, { level: 'strong' }],
    ['eventual', undefined, { level: 'eventual' }],
    ['bounded_staleness', '5s', { level: 'bounded_staleness', maxLagMs: 5_000 }],
    ['bounded_staleness', '250', { level: 'bounded_staleness', maxLagMs: 250 }],
  ])('L2 %s with maxLag %s', (level, maxLag, demand) => {
    expect(parseDemand(level, maxLag)).toEqual({ ok: true, value: demand })
  })

  test.each<[string | undefined, string | undefined]>([
    ['linearizable', undefined],
    ['bounded_staleness', undefined],
    ['bounded_staleness', '0'],
    ['bounded_staleness', '-1s'],
    ['bounded_staleness', 'soon'],
    ['strong', '5s'],
    [undefined, '5s'],
  ])('L2 %s with maxLag %s is unclear, and the reason is told', (level, maxLag) => {
    expect(parseDemand(level, maxLag)).toMatchObject({ ok: false, error: { next: 'fix-request', code: 'invalid-consistency' } })
  })
})
