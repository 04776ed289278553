import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextAttempt, RETRY_PRESETS, type RetryPolicy } from './retry.ts'

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  strategy: fc.constantFrom('fixed', 'linear', 'exponential'),
  maxAttempts: fc.integer({ min: 1, max: 50 }),
  initialDelayMs: fc.integer({ min: 0, max: 100_000 }),
  maxDelayMs: fc.integer({ min: 0, max: 1_000_000 }),
  multiplier: fc.double({ min: 1, max: 10, noNaN: true }),
  jitter: fc.boolean(),
})

const timeout = { code: 'timeout' }

describe('retry', () => {
  test('RES-1 the presets are the promised ones', () => {
    expect(RETRY_PRESETS).toMatchObject({
      standard: { maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 5_000, multiplier: 2, jitter: true },
      aggressive: { maxAttempts: 5, initialDelayMs: 1_000, maxDelayMs: 10_000, multiplier: 2, jitter: true },
      conservative: { maxAttempts: 2, initialDelayMs: 1_000, maxDelayMs: 3_000, multiplier: 1.5, jitter: false },
      none: { maxAttempts: 1 },
    })
  })

  test('RES-1 an attempt beyond the maximum never follows', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 100 }), fc.string(), (policy, attempt, seed) => {
        const next = nextAttempt(policy, { attempt, error: timeout, seed })
        expect(next.again).toBe(attempt < policy.maxAttempts)
      }),
    )
  })

  test('RES-1 a delay is a whole number of milliseconds, 0 … maxDelayMs, also where the power overflows', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 2_000 }), fc.string(), (policy, attempt, seed) => {
        const next = nextAttempt({ ...policy, maxAttempts: 10_000 }, { attempt, error: timeout, seed })
        if (!next.again) throw new Error('expected another attempt')
        expect(Number.isInteger(next.delayMs)).toBe(true)
        expect(next.delayMs).toBeGreaterThanOrEqual(0)
        expect(next.delayMs).toBeLessThanOrEqual(policy.maxDelayMs)
      }),
      { examples: [[{ ...RETRY_PRESETS.aggressive, initialDelayMs: 0 }, 2_000, 'no delay times an infinite power']] },
    )
  })

  test('RES-1 without jitter, delays never shrink', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const delays = delaysOf({ ...policy, jitter: false, maxAttempts: 12 }, 'any')
        expect(delays).toEqual([...delays].sort((a, b) => a - b))
      }),
    )
  })

  test('RES-1 jitter stays within ±25 %, is the same for the same attempt and differs between attempts', () => {
    const policy = { ...RETRY_PRESETS.standard, initialDelayMs: 1_000, maxDelayMs: 100_000, maxAttempts: 2 }
    const drawn = Array.from({ length: 500 }, (_, n) => delaysOf(policy, `w.${n}.1`)[0]!)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(750)
    expect(Math.max(...drawn)).toBeLessThanOrEqual(1_250)
    expect(new Set(drawn).size).toBeGreaterThan(200)
    expect(delaysOf(policy, 'w.3.1')).toEqual(delaysOf(policy, 'w.3.1'))
  })

  test('RES-1 fixed, linear and exponential in numbers', () => {
    const base = { ...RETRY_PRESETS.standard, jitter: false, initialDelayMs: 100, maxDelayMs: 350, maxAttempts: 5 }
    expect(delaysOf({ ...base, strategy: 'fixed' }, '')).toEqual([100, 100, 100, 100])
    expect(delaysOf({ ...base, strategy: 'linear' }, '')).toEqual([100, 200, 300, 350])
    expect(delaysOf({ ...base, strategy: 'exponential' }, '')).toEqual([100, 200, 350, 350])
    expect(delaysOf(RETRY_PRESETS.none, '')).toEqual([])
  })

  test('RES-2 retryOn narrows and overrules the class, neverRetryOn is stronger than both', () => {
    const ask = (policy: Partial<RetryPolicy>, code: string) =>
      nextAttempt({ ...RETRY_PRESETS.standard, ...policy }, { attempt: 1, error: { code }, seed: '' })
    expect(ask({}, 'validation')).toEqual({ again: false, why: 'not-retryable' })
    expect(ask({ retryOn: ['network'] }, 'timeout')).toEqual({ again: false, why: 'not-in-retry-on' })
    expect(ask({ retryOn: ['validation'] }, 'validation')).toMatchObject({ again: true })
    expect(ask({ retryOn: ['timeout'], neverRetryOn: ['timeout'] }, 'timeout')).toEqual({ again: false, why: 'never-retry-on' })
  })
})

const delaysOf = (policy: RetryPolicy, seed: string): number[] => {
  const delays: number[] = []
  for (let attempt = 1; ; attempt++) {
    const next = nextAttempt(policy, { attempt, error: timeout, seed })
    if (!next.again) return delays
    delays.push(next.delayMs)
  }
}
