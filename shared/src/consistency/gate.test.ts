import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import type { Standing } from './authorities.ts'
import { type Footing, type Line, mayDecide, maySee, type Released } from './gate.ts'

const STANDING: Standing = { mayDecide: true }
const FALLEN: Standing = { mayDecide: false, refusal: refusal('retry-later', 'unavailable', 'The lease has run out.') }
const LIVE: Line = { state: 'live' }
const OWN: Line = { state: 'own' }
const CUT: Line = { state: 'cut', since: 0, nextTryInMs: 4_000 }

const bounded = (maxPending: number, maxLagMs: number) => ({ level: 'bounded_staleness', maxPending, maxLagMs }) as const
const footing = (over: Partial<Footing>): Footing => ({
  policy: { level: 'eventual' },
  standing: STANDING,
  released: { count: 0 },
  line: LIVE,
  now: 1_000,
  ...over,
})

const lines = fc.constantFrom(LIVE, OWN, CUT)
const policies = fc.oneof(
  fc.constantFrom<Footing['policy']>({ level: 'strong' }, { level: 'eventual' }),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 })).map(([pending, lag]) => bounded(pending, lag)),
)
const released: fc.Arbitrary<Released> = fc.oneof(
  fc.constant({ count: 0 }),
  fc.record({ count: fc.integer({ min: 1, max: 6 }), oldestAt: fc.integer({ min: 975, max: 1_000 }) }),
)

describe('G1 whoever has no standing decides nothing and shows nothing', () => {
  test('G1 under every policy, whatever the line and whatever is acknowledged', () => {
    fc.assert(
      fc.property(policies, released, lines, fc.boolean(), (policy, so, line, acknowledged) => {
        const without = footing({ policy, released: so, line, standing: FALLEN })
        expect(mayDecide(without)?.message).toBe('The lease has run out.')
        expect(maySee(without, acknowledged)).toBe('held')
      }),
    )
  })
})

describe('G2 eventual', () => {
  test('G2 goes on whatever the line is like', () => {
    fc.assert(
      fc.property(released, lines, (so, line) => {
        expect(mayDecide(footing({ released: so, line }))).toBeUndefined()
        expect(maySee(footing({ released: so, line }), false)).toBe('shown')
      }),
    )
  })
})

describe('G3 bounded staleness', () => {
  test('G3 maxPending counts the one that is asked for', () => {
    for (const maxPending of [1, 2, 7]) {
      const at = (count: number) => footing({ policy: bounded(maxPending, 60_000), released: { count, oldestAt: 999 }, line: CUT })
      expect([mayDecide(at(maxPending - 1)), maySee(at(maxPending - 1), false)]).toEqual([undefined, 'counted'])
      expect([mayDecide(at(maxPending))?.code, maySee(at(maxPending), false)]).toEqual(['staleness-bound-exceeded', 'held'])
    }
  })

  test('G3 the oldest may be exactly maxLag old, and not a moment older', () => {
    const at = (age: number) => footing({ policy: bounded(9, 100), released: { count: 1, oldestAt: 1_000 - age }, line: LIVE })
    expect([mayDecide(at(100)), maySee(at(100), false)]).toEqual([undefined, 'counted'])
    expect([mayDecide(at(101))?.code, maySee(at(101), false)]).toEqual(['staleness-bound-exceeded', 'held'])
  })

  test('G3 a line that is open and silent bounds as one that is cut', () => {
    fc.assert(
      fc.property(released, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }), (so, pending, lag) => {
        const under = (line: Line) => footing({ policy: bounded(pending, lag), released: so, line })
        expect(mayDecide(under(LIVE))?.code).toBe(mayDecide(under(CUT))?.code)
        expect(maySee(under(LIVE), false)).toBe(maySee(under(CUT), false))
      }),
    )
  })

  test('G3 what is acknowledged is shown and counts no more; what is not, exactly as far as one could decide', () => {
    fc.assert(
      fc.property(released, lines, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }), (so, line, pending, lag) => {
        const under = footing({ policy: bounded(pending, lag), released: so, line })
        expect(maySee(under, true)).toBe('shown')
        if (line.state !== 'own') expect(maySee(under, false)).toBe(mayDecide(under) === undefined ? 'counted' : 'held')
      }),
    )
  })

  test('G3 while nobody knows what an earlier life released, there is no room; what is acknowledged is shown', () => {
    const after = footing({ policy: bounded(9, 500), released: { count: 0, unknown: true } })
    expect(mayDecide(after)).toMatchObject({
      code: 'staleness-bound-exceeded',
      message: expect.stringContaining('before this node was started'),
    })
    expect([maySee(after, false), maySee(after, true)]).toEqual(['held', 'shown'])
  })

  test('G3 whoever is refused learns the bound, how far it is reached, and when to ask again', () => {
    const refused = mayDecide(footing({ policy: bounded(2, 500), released: { count: 2, oldestAt: 900 }, line: CUT }))
    expect(refused).toMatchObject({
      next: 'retry-later',
      details: { pending: 2, maxPending: 2, oldestMs: 100, maxLagMs: 500, retryAfterMs: 4_000 },
    })
  })
})

describe('G4 strong', () => {
  const strong = (over: Partial<Footing>): Footing => footing({ policy: { level: 'strong' }, ...over })

  test('G4 decides while the line is alive, and shows what is acknowledged', () => {
    fc.assert(
      fc.property(released, (so) => {
        expect(mayDecide(strong({ released: so }))).toBeUndefined()
        expect([maySee(strong({ released: so }), false), maySee(strong({ released: so }), true)]).toEqual(['held', 'shown'])
      }),
    )
  })

  test('G4 cut off, nothing is decided, and the refusal says since when and what helps', () => {
    expect(mayDecide(strong({ line: CUT }))).toMatchObject({ next: 'retry-later', code: 'unavailable', details: { retryAfterMs: 4_000 } })
    expect(mayDecide(strong({ line: CUT }))?.message).toContain('1000 ms')
  })

  test('G4 what was acknowledged before the cut is shown after it', () => {
    expect([maySee(strong({ line: CUT }), true), maySee(strong({ line: CUT }), false)]).toEqual(['shown', 'held'])
  })
})

test('G5 a node that is its own hub is never held up by a line', () => {
  fc.assert(
    fc.property(policies, released, (policy, so) => {
      const own = footing({ policy, released: so, line: OWN })
      expect([mayDecide(own), maySee(own, false)]).toEqual([undefined, 'shown'])
    }),
  )
})

test('L1 whatever a policy refuses or holds, a stricter one refuses or holds as well', () => {
  const chain = (pending: number, lag: number): readonly Footing['policy'][] => [
    { level: 'eventual' },
    bounded(pending + 1, lag + 1),
    bounded(pending, lag),
  ]
  fc.assert(
    fc.property(released, lines, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 20 }), (so, line, pending, lag) => {
      const refused = chain(pending, lag).map((policy) => mayDecide(footing({ policy, released: so, line })) !== undefined)
      expect(refused).toEqual([...refused].sort())
      const held = [...chain(pending, lag), { level: 'strong' } as const].map(
        (policy) => maySee(footing({ policy, released: so, line }), false) === 'held',
      )
      expect(held).toEqual([...held].sort())
    }),
  )
})
