/**
 * What a benchmark says. A bare number means little on a machine nobody knows, so each stands beside a peer or a raw limit that was
 * measured in the same run, in turns with it: whatever slowed the one slowed the other.
 */
export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The value's ratio to what `against` says. */
  readonly ratio: number
  readonly against: string
  /** More for people: further percentiles, the peer's own figure. */
  readonly detail: string
}

/** The smallest value that at least this share of all values don't exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('percentile: there are no values')
  return found
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** Milliseconds that the work took. */
export const timed = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

export const timedAsync = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return performance.now() - start
}
