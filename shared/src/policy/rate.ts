/**
 * A token bucket (LIM-3): `burst` tokens at most, `perSecond` new ones, one for each beginning.
 *
 * Exact: tokens are counted in units that a millisecond adds a whole number of, so nothing is lost to rounding however often somebody
 * asks, and over any time the bucket gives perSecond · time, within one burst.
 *
 *   R1  In any stretch of t ms at most burst + perSecond · (t + 1) / 1000 tokens are taken.
 *   R2  Refused at t with `retryAt`, the same question is answered yes at `retryAt`, and no at any moment before.
 */
export interface RatePolicy {
  /** At most three digits behind the point. */
  readonly perSecond: number
  /** Whole tokens. */
  readonly burst: number
}

export interface Bucket {
  readonly units: number
  /** Whole milliseconds of a clock that doesn't jump. */
  readonly at: number
}

/** Units in a token. A rate of 0.001 a second adds one unit a millisecond. */
const TOKEN = 1_000_000

const unitsPerMs = ({ perSecond }: RatePolicy): number => Math.max(1, Math.round(perSecond * 1_000))

export const fullBucket = ({ burst }: RatePolicy, now: number): Bucket => ({ units: burst * TOKEN, at: Math.floor(now) })

export type Taking = { readonly taken: true; readonly bucket: Bucket } | { readonly taken: false; readonly retryAt: number }

export const takeToken = (policy: RatePolicy, bucket: Bucket, now: number): Taking => {
  const filled = refill(policy, bucket, now)
  if (filled.units >= TOKEN) return { taken: true, bucket: { ...filled, units: filled.units - TOKEN } }
  return { taken: false, retryAt: filled.at + Math.ceil((TOKEN - filled.units) / unitsPerMs(policy)) }
}

const refill = (policy: RatePolicy, { units, at }: Bucket, now: number): Bucket => {
  const later = Math.max(at, Math.floor(now))
  const perMs = unitsPerMs(policy)
  // What the millisecond that filled it gave too much is kept: whoever asks at each `retryAt` would lose it every time.
  return { units: Math.min(policy.burst * TOKEN + perMs - 1, units + (later - at) * perMs), at: later }
}
