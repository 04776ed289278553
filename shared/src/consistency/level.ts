/**
 * The three policies as values, and what a reader may demand.
 *
 *   eventual ─── bounded_staleness ─── strong        each refuses whatever the one before it refuses (L1)
 *
 * A policy governs a workflow: what may be decided, and when what follows from it is seen. A demand governs one answer.
 */
import { toMs } from '../definition/durations.ts'
import type { Consistency, ConsistencyLevel } from '../definition/schema-consistency.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'

export const EVENTUAL: Consistency = { level: 'eventual' }

/** What somebody who reads wants to be sure of. How much waits at the writer is the writer's bound, not the reader's. */
export type Demand =
  | { readonly level: 'strong' }
  | { readonly level: 'bounded_staleness'; readonly maxLagMs: number }
  | { readonly level: 'eventual' }

/** Refuses what either refuses: in force while it is not yet certain which of the two holds. */
export const stricter = (one: Consistency, other: Consistency): Consistency => {
  if (one.level === 'bounded_staleness' && other.level === 'bounded_staleness') {
    const maxLagMs = Math.min(one.maxLagMs, other.maxLagMs)
    return { level: 'bounded_staleness', maxLagMs, maxPending: Math.min(one.maxPending, other.maxPending) }
  }
  return rankOf(one) >= rankOf(other) ? one : other
}

const RANK: Readonly<Record<ConsistencyLevel, number>> = { eventual: 0, bounded_staleness: 1, strong: 2 }

const rankOf = ({ level }: Consistency): number => RANK[level]

/**
 * A demand as it stands in a request: `strong`, `eventual`, or `bounded_staleness` with a `maxLag` such as `5s`.
 * @returns nothing where nothing is demanded
 */
export const parseDemand = (level: string | undefined, maxLag: string | undefined): Result<Demand | undefined, Refusal> => {
  if (level === undefined) return maxLag === undefined ? ok(undefined) : err(unclear('maxLag goes with bounded_staleness'))
  if (level !== 'bounded_staleness') {
    if (maxLag !== undefined) return err(unclear('maxLag goes with bounded_staleness'))
    return level === 'strong' || level === 'eventual'
      ? ok({ level })
      : err(unclear('the levels are strong, bounded_staleness and eventual'))
  }
  const maxLagMs = maxLag === undefined ? Number.NaN : toMs(/^\d+$/.test(maxLag) ? Number(maxLag) : maxLag)
  return Number.isInteger(maxLagMs) && maxLagMs > 0 ? ok({ level, maxLagMs }) : err(unclear('bounded_staleness needs a maxLag such as 5s'))
}

const unclear = (why: string): Refusal => refusal('fix-request', 'invalid-consistency', `The consistency asked for is unclear: ${why}.`)
