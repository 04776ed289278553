import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Contender, Contest } from './contest.ts'
import { resolve } from './resolve.ts'
import { STRATEGIES, type Strategy } from './rules/rule.ts'

const contender = (id: string, more: Partial<Contender> = {}): Contender => ({ id, name: id, priority: 'normal', since: 0, ...more })
const contest = (contenders: readonly Contender[], room = 1): Contest => ({ about: 'the dock', room, contenders, now: 1_000 })
const settle = (strategies: readonly Strategy[], ...contenders: readonly Contender[]) => resolve(contest(contenders), strategies)

const contenders: fc.Arbitrary<readonly Contender[]> = fc.uniqueArray(
  fc
    .record(
      {
        id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        priority: fc.constantFrom('critical' as const, 'high' as const, 'normal' as const, 'low' as const),
        since: fc.nat(3),
        holds: fc.boolean(),
        yields: fc.record({ cost: fc.nat(3), upToMs: fc.nat(20) }),
        beginBy: fc.nat(1_020),
        takesMs: fc.nat(20),
        substitutes: fc.subarray(['x', 'y', 'z']),
      },
      { requiredKeys: ['id', 'priority', 'since'] },
    )
    .map((each): Contender => ({ ...each, name: each.id })),
  { selector: ({ id }) => id, minLength: 2, maxLength: 5 },
)
const strategies = fc.shuffledSubarray([...STRATEGIES])

describe('CON-2 strategies', () => {
  test('CON-2 priority: the more urgent keeps it, equals are not told apart, and what is at work is not taken away', () => {
    const urgent = contender('a', { priority: 'high' })
    expect(settle(['priority'], contender('b'), urgent).settlement).toMatchObject({
      keeps: ['a'],
      yields: [{ id: 'b' }],
      why: 'a keeps the dock, being high; b waits.',
    })
    expect(settle(['priority'], contender('b'), contender('a')).tried).toEqual(['priority: a and b are equally urgent (normal)'])
    expect(settle(['priority'], contender('b', { holds: true }), urgent).tried).toEqual(['priority: b is less urgent, but at work already'])
  })

  test('CON-2 negotiation: who yields most cheaply yields, of those who can wait so long', () => {
    const dear = contender('a', { yields: { cost: 9, upToMs: 60_000 }, takesMs: 5_000 })
    const cheap = contender('b', { yields: { cost: 2, upToMs: 60_000 }, priority: 'critical' })
    expect(settle(['negotiation'], dear, cheap).settlement).toMatchObject({
      yields: [{ id: 'b', waitMs: 5_000 }],
      why: 'b yields the dock, which costs 2 in all, the least of what was offered (b for 2, a for 9).',
    })
    const hasty = { ...cheap, yields: { cost: 2, upToMs: 4_000 } }
    expect(settle(['negotiation'], dear, hasty).settlement?.yields).toMatchObject([{ id: 'a' }])
    expect(settle(['negotiation'], contender('a'), contender('b')).tried).toEqual([
      'negotiation: 1 would have to yield, 0 declared that they can',
    ])
  })

  test('CON-2 reallocation: the less urgent takes another that would do', () => {
    const urgent = contender('a', { priority: 'high', substitutes: ['east'] })
    expect(settle(['reallocation'], urgent, contender('b', { substitutes: ['west', 'east'] })).settlement).toMatchObject({
      yields: [{ id: 'b', to: 'east' }],
      why: 'b takes east in place of the dock.',
    })
    expect(settle(['reallocation'], urgent, contender('b', { substitutes: ['east'], holds: true })).settlement?.yields).toMatchObject([
      { id: 'a', to: 'east' },
    ])
    expect(settle(['reallocation'], contender('a'), contender('b')).settlement).toBeUndefined()
  })

  test('CON-2 rescheduling: who has time waits, and nobody is made late', () => {
    const tight = contender('a', { beginBy: 1_500, takesMs: 300 })
    const slack = contender('b', { beginBy: 9_000, takesMs: 800 })
    expect(settle(['rescheduling'], tight, slack).settlement).toMatchObject({ keeps: ['a'], yields: [{ id: 'b', waitMs: 300 }] })
    const late = contender('b', { beginBy: 1_200 })
    expect(settle(['rescheduling'], { ...tight, holds: true }, late).tried).toEqual([
      'rescheduling: b must begin within 200 ms, and would wait longer',
    ])
  })

  test('CON-2 they are tried in the order of the policy, and what found no way is told', () => {
    const both = [contender('a'), contender('b', { substitutes: ['west'] })]
    expect(settle(['priority', 'negotiation', 'reallocation'], ...both)).toMatchObject({
      settlement: { strategy: 'reallocation' },
      tried: [expect.stringContaining('priority: '), expect.stringContaining('negotiation: ')],
    })
    expect(settle([], ...both)).toEqual({ tried: [] })
  })
})

describe('CON-6 the same everywhere', () => {
  test('CON-6 I13 in whatever order the parties are named, the settlement is the same to the letter', () => {
    fc.assert(
      fc.property(contenders, strategies, fc.nat(3), fc.nat(), (all, order, room, turn) => {
        const shifted = all.map((_, n) => all[(n + turn) % all.length] ?? contender('?'))
        const one = resolve(contest(all, room), order)
        expect(resolve(contest(shifted, room), order)).toEqual(one)
        expect(resolve(contest(all.toReversed(), room), order)).toEqual(one)
      }),
    )
  })

  test('CON-2 I22 after a settlement no more keep it than there is room, everybody is answered, and nobody at work is disturbed', () => {
    fc.assert(
      fc.property(contenders, strategies, fc.nat(3), (all, order, room) => {
        const { settlement } = resolve(contest(all, room), order)
        if (settlement === undefined) return
        const { keeps, yields } = settlement
        expect(keeps.length).toBeLessThanOrEqual(Math.max(room, 0))
        expect([...keeps, ...yields.map(({ id }) => id)].toSorted()).toEqual(all.map(({ id }) => id).toSorted())
        for (const { id } of yields) expect(all.find((each) => each.id === id)?.holds).not.toBe(true)
        const taken = yields.flatMap(({ to }) => to ?? [])
        expect(new Set(taken).size).toBe(taken.length)
        expect(settlement.why).toMatch(/\.$/)
      }),
    )
  })
})
