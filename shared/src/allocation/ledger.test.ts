import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Claim, type Holder, Ledger, Round } from './ledger.ts'
import { urgency } from './queue.ts'

const CAPACITIES = { dock: 2, crane: 1, charger: 3 } as const
const POOLS = ['dock', 'crane', 'charger'] as const

const claims: fc.Arbitrary<readonly Claim[]> = fc
  .subarray([...POOLS], { minLength: 1 })
  .chain((pools) =>
    fc.tuple(
      ...pools.map((pool) => fc.integer({ min: 1, max: CAPACITIES[pool] }).map((amount) => ({ pool, amount, capacity: CAPACITIES[pool] }))),
    ),
  )

const holders = fc
  .array(claims, { maxLength: 12 })
  .map((all) => all.map((each, n): Holder => ({ id: `h${n}`, name: `h${n}`, claims: each })))

const picture = (ledger: Ledger): unknown =>
  ledger
    .pools()
    .toSorted()
    .map((pool) => [pool, ledger.held(pool), ledger.holders(pool).toSorted((a, b) => (a.id < b.id ? -1 : 1))])

interface Wish {
  readonly id: string
  readonly priority: 'critical' | 'high' | 'normal' | 'low'
  readonly since: number
  readonly claims: readonly Claim[]
  readonly takesMs: number
}

const wishes: fc.Arbitrary<readonly Wish[]> = fc
  .array(
    fc.record({
      priority: fc.constantFrom('critical' as const, 'high' as const, 'normal' as const, 'low' as const),
      since: fc.nat(20_000),
      claims,
      takesMs: fc.integer({ min: 1, max: 5_000 }),
    }),
    { maxLength: 25 },
  )
  .map((all) => all.map((wish, n) => ({ ...wish, id: `w${n}` })))

/** Everybody asks whenever anything changed, most urgent first; whoever has waited longer than `patienceMs` reserves. */
const play = (all: readonly Wish[], patienceMs: number): ReadonlyMap<string, number> => {
  const ledger = new Ledger()
  const begun = new Map<string, number>()
  const moments = new Set(all.map(({ since }) => since))
  for (const now of movingOn(moments)) {
    for (const { id, takesMs } of all) if ((begun.get(id) ?? now) + takesMs <= now) ledger.set(id, [])
    const round = new Round(ledger)
    const waiting = all.filter(({ id, since }) => since <= now && !begun.has(id)).toSorted((a, b) => urgency(a) - urgency(b))
    for (const wish of waiting) {
      if (round.lacking(wish.claims) !== undefined) {
        if (now - wish.since >= patienceMs) round.reserve(wish.claims)
        continue
      }
      ledger.set(wish.id, [{ id: wish.id, name: wish.id, claims: wish.claims }])
      begun.set(wish.id, now)
      moments.add(now + wish.takesMs)
      for (const pool of POOLS) expect(ledger.held(pool)).toBeLessThanOrEqual(CAPACITIES[pool])
    }
  }
  return begun
}

function* movingOn(moments: Set<number>): Generator<number> {
  for (let now = -1; ; ) {
    const later = [...moments].filter((at) => at > now)
    if (later.length === 0) return
    now = Math.min(...later)
    yield now
  }
}

describe('LIM-4 the ledger', () => {
  test('LIM-4 G2 told the same holders in any order, it holds the same; told that they hold nothing, it is empty', () => {
    fc.assert(
      fc.property(holders, fc.nat(), (all, turn) => {
        const one = new Ledger()
        const other = new Ledger()
        for (const holder of all) one.set(holder.id, [holder])
        const shifted = all.map((_, n) => all[(n + turn) % all.length])
        for (const holder of shifted) if (holder !== undefined) other.set(holder.id, [holder])
        for (const holder of shifted) if (holder !== undefined) other.set(holder.id, [holder])
        expect(picture(other)).toEqual(picture(one))
        for (const { id } of all) other.set(id, [])
        expect(other.pools()).toEqual([])
      }),
    )
  })

  test('LIM-4 G1 whatever is asked for, everybody gets it in the end and no pool gives more than it has: no deadlock', () => {
    fc.assert(
      fc.property(wishes, fc.constantFrom(0, 1_000, 10_000), (all, patienceMs) => {
        expect(play(all, patienceMs).size).toBe(all.length)
      }),
    )
  })

  test('LIM-2 LIM-4 a large claim is not starved by a stream of small ones that would always fit', () => {
    const dock = (amount: number): readonly Claim[] => [{ pool: 'dock', amount, capacity: 2 }]
    // Two small ones at any time, each overlapping the next, so that never both places are free at once.
    const stream = Array.from(
      { length: 200 },
      (_, n): Wish => ({ id: `s${n}`, priority: 'critical', since: n * 100, claims: dock(1), takesMs: 190 }),
    )
    const large: Wish = { id: 'large', priority: 'critical', since: 1_000, claims: dock(2), takesMs: 10 }
    expect(play([...stream, large], 2_000).get('large')).toBeLessThan(3_500)
    expect(play([...stream, large], Number.POSITIVE_INFINITY).get('large')).toBeGreaterThan(19_000)
  })

  test('LIM-4 what asks for more than there is reserves nothing, so it stands in nobody’s way', () => {
    const round = new Round(new Ledger())
    const impossible = [{ pool: 'crane', amount: 2, capacity: 1 }]
    expect(round.lacking(impossible)?.pool).toBe('crane')
    round.reserve(impossible)
    expect(round.lacking([{ pool: 'crane', amount: 1, capacity: 1 }])).toBeUndefined()
  })
})
