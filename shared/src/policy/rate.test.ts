import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bucket, fullBucket, type RatePolicy, takeToken } from './rate.ts'

const policies: fc.Arbitrary<RatePolicy> = fc.record({
  perSecond: fc.integer({ min: 1, max: 1_000_000 }).map((thousandths) => thousandths / 1_000),
  burst: fc.integer({ min: 1, max: 50 }),
})

const pauses = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 200 })

/** The moments at which somebody who asks at these moments is given a token. */
const taken = (policy: RatePolicy, asked: readonly number[]): readonly number[] => {
  let bucket = fullBucket(policy, 0)
  return asked.filter((at) => {
    const taking = takeToken(policy, bucket, at)
    if (taking.taken) bucket = taking.bucket
    return taking.taken
  })
}

describe('LIM-3 token bucket', () => {
  test('LIM-3 R1 no stretch of time gives more than a burst and what its time adds', () => {
    fc.assert(
      fc.property(policies, pauses, (policy, gaps) => {
        let now = 0
        const moments = taken(
          policy,
          gaps.map((gap) => (now += gap)),
        )
        moments.forEach((from, first) => {
          moments.slice(first).forEach((to, place) => {
            expect(place + 1).toBeLessThanOrEqual(policy.burst + (policy.perSecond * (to - from + 1)) / 1_000 + 1e-6)
          })
        })
      }),
      { numRuns: 60 },
    )
  })

  test('LIM-3 R2 what is refused until a moment is given at that moment and not before', () => {
    fc.assert(
      fc.property(policies, fc.nat(10_000), (policy, start) => {
        let bucket: Bucket = fullBucket(policy, start)
        for (let n = 0; n < policy.burst; n += 1) {
          const taking = takeToken(policy, bucket, start)
          if (!taking.taken) throw new Error('a full bucket gives its burst at once')
          bucket = taking.bucket
        }
        const refused = takeToken(policy, bucket, start)
        if (refused.taken) throw new Error('an empty bucket gives nothing')
        expect(takeToken(policy, bucket, refused.retryAt - 1).taken).toBe(false)
        expect(takeToken(policy, bucket, refused.retryAt).taken).toBe(true)
      }),
    )
  })

  test.each([1, 3, 7, 33, 0.25])('LIM-3 over an hour %d a second are given, not one more or less than a burst', (perSecond) => {
    const policy = { perSecond, burst: 1 }
    let bucket = fullBucket(policy, 0)
    let count = 0
    for (let now = 0; now < 3_600_000; ) {
      const taking = takeToken(policy, bucket, now)
      if (taking.taken) {
        bucket = taking.bucket
        count += 1
      } else now = taking.retryAt
    }
    expect(Math.abs(count - perSecond * 3_600)).toBeLessThanOrEqual(1)
  })

  test('LIM-3 a clock that stands still or steps back gives nothing', () => {
    const policy = { perSecond: 1, burst: 1 }
    const first = takeToken(policy, fullBucket(policy, 5_000), 5_000)
    if (!first.taken) throw new Error('full')
    expect(takeToken(policy, first.bucket, 5_000)).toEqual({ taken: false, retryAt: 6_000 })
    expect(takeToken(policy, first.bucket, 1_000)).toEqual({ taken: false, retryAt: 6_000 })
  })
})
