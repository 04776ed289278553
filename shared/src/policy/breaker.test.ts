import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askBreaker, type Breaker, type BreakerEvent, type BreakerPolicy, CLOSED, stepBreaker } from './breaker.ts'

const BY_COUNT: BreakerPolicy = { threshold: { failures: 5 }, openMs: 1_000, successes: 2 }
const BY_SHARE: BreakerPolicy = { threshold: { share: 0.5, of: 10, windowMs: 60_000 }, openMs: 1_000, successes: 1 }

const policies: fc.Arbitrary<BreakerPolicy> = fc.record({
  threshold: fc.oneof(
    fc.record({ failures: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ share: fc.constantFrom(0.1, 0.5, 1), of: fc.integer({ min: 1, max: 10 }), windowMs: fc.integer({ min: 1, max: 5_000 }) }),
  ),
  openMs: fc.integer({ min: 1, max: 5_000 }),
  successes: fc.integer({ min: 1, max: 4 }),
})

const moves = fc.array(
  fc.record({ event: fc.constantFrom<BreakerEvent>('succeeded', 'failed', 'asked', 'reset'), afterMs: fc.nat(2_000) }),
  { maxLength: 80 },
)

const after = (policy: BreakerPolicy, events: readonly BreakerEvent[], from = CLOSED, now = 0): Breaker =>
  events.reduce((breaker, event) => stepBreaker(policy, breaker, event, now), from)

const times = (count: number, event: BreakerEvent): BreakerEvent[] => Array.from({ length: count }, () => event)

describe('RES-4 a breaker', () => {
  test('RES-4 by count: the fifth failure in a row opens it, a success between begins anew', () => {
    expect(after(BY_COUNT, times(4, 'failed')).state).toBe('closed')
    expect(after(BY_COUNT, times(5, 'failed'))).toEqual({ state: 'open', until: 1_000 })
    expect(after(BY_COUNT, [...times(4, 'failed'), 'succeeded', ...times(4, 'failed')]).state).toBe('closed')
  })

  test('RES-4 by share: half of at least ten opens it, fewer than ten never do', () => {
    expect(after(BY_SHARE, times(9, 'failed')).state).toBe('closed')
    expect(after(BY_SHARE, [...times(5, 'succeeded'), ...times(5, 'failed')]).state).toBe('open')
    expect(after(BY_SHARE, [...times(6, 'succeeded'), ...times(4, 'failed')]).state).toBe('closed')
  })

  test('RES-4 by share: what is older than the window counts no more', () => {
    const old = after(BY_SHARE, times(9, 'failed'))
    expect(stepBreaker(BY_SHARE, old, 'failed', 60_000).state).toBe('closed')
    expect(stepBreaker(BY_SHARE, old, 'failed', 59_999).state).toBe('open')
  })

  test('RES-4 B1 open for its time, then one trial at a time, and so many successes close it', () => {
    let breaker = after(BY_COUNT, times(5, 'failed'))
    expect(askBreaker(BY_COUNT, breaker, 999).allowed).toBe(false)
    const trial = askBreaker(BY_COUNT, breaker, 1_000)
    expect([trial.allowed, trial.breaker.state]).toEqual([true, 'half-open'])
    expect(askBreaker(BY_COUNT, trial.breaker, 1_001).allowed).toBe(false)
    breaker = stepBreaker(BY_COUNT, trial.breaker, 'succeeded', 1_002)
    expect(breaker.state).toBe('half-open')
    const second = askBreaker(BY_COUNT, breaker, 1_003)
    expect(second.allowed).toBe(true)
    expect(stepBreaker(BY_COUNT, second.breaker, 'succeeded', 1_004)).toBe(CLOSED)
    expect(stepBreaker(BY_COUNT, second.breaker, 'failed', 1_004)).toEqual({ state: 'open', until: 2_004 })
  })

  test('RES-4 B2 whatever happened, after one open time of silence somebody may try', () => {
    fc.assert(
      fc.property(policies, moves, (policy, history) => {
        let breaker: Breaker = CLOSED
        let now = 0
        for (const { event, afterMs } of history) {
          now += afterMs
          breaker = stepBreaker(policy, breaker, event, now)
        }
        expect(askBreaker(policy, breaker, now + policy.openMs).allowed).toBe(true)
      }),
    )
  })

  test('RES-4 B1 B3 while it is open nothing may begin, and late ends change nothing; a reset closes it', () => {
    fc.assert(
      fc.property(policies, moves, (policy, history) => {
        let breaker: Breaker = CLOSED
        let now = 0
        for (const { event, afterMs } of history) {
          now += afterMs
          if (breaker.state === 'open' && now < breaker.until) {
            expect(askBreaker(policy, breaker, now)).toEqual({ breaker, allowed: false })
            expect(stepBreaker(policy, breaker, 'failed', now)).toBe(breaker)
            expect(stepBreaker(policy, breaker, 'succeeded', now)).toBe(breaker)
          }
          expect(stepBreaker(policy, breaker, 'reset', now)).toBe(CLOSED)
          breaker = stepBreaker(policy, breaker, event, now)
        }
      }),
    )
  })

  test('RES-4 between two moments without an end, a half-open breaker lets one trial through', () => {
    fc.assert(
      fc.property(policies, fc.array(fc.nat(100), { minLength: 2, maxLength: 40 }), (policy, gaps) => {
        let breaker: Breaker = { state: 'open', until: 0 }
        let now = 0
        const begun: number[] = []
        for (const gap of gaps) {
          now += gap
          const asked = askBreaker(policy, breaker, now)
          breaker = asked.breaker
          if (asked.allowed) begun.push(now)
        }
        begun.forEach((at, place) => {
          if (place > 0) expect(at - (begun[place - 1] ?? 0)).toBeGreaterThanOrEqual(policy.openMs)
        })
      }),
    )
  })
})
