/**
 * Which runs of a schedule begin now, and which were missed while nobody could begin them.
 *
 *        settledTo                    now − GRACE        now
 *   ─────────┼───── missed ───────────────┼── on time ────┤──▶       runs at or before settledTo are dealt with
 *
 *   skip   missed runs never begin
 *   once   of all missed runs the last one begins, unless another is on time
 *   all    each begins, oldest first, a bounded number at a time
 *
 * A clock set back finds settledTo ahead of it: runs are then dealt with again from now on. Each has a key, so none begins twice.
 */
import { lastUpTo, nextAfter, type Timing } from './timing.ts'

export type Missed = 'skip' | 'once' | 'all'

/** A run this late is still on time: a busy machine, a restart. */
export const GRACE_MS = 60_000
const MAX_AT_ONCE = 100

export interface Due {
  readonly runs: readonly number[]
  readonly settledTo: number
  /** There are more; ask again when these have begun. */
  readonly more: boolean
}

export const dueRuns = (timing: Timing, missed: Missed, settledTo: number, now: number): Due => {
  if (now <= settledTo) return { runs: [], settledTo: now, more: false }
  const onTimeFrom = Math.max(settledTo, now - GRACE_MS - 1)
  const runs = between(timing, missed === 'all' ? settledTo : onTimeFrom, now)
  if (runs.length > MAX_AT_ONCE) {
    const first = runs.slice(0, MAX_AT_ONCE)
    return { runs: first, settledTo: first.at(-1) ?? now, more: true }
  }
  const latest = missed === 'once' && runs.length === 0 ? lastUpTo(timing, now) : undefined
  return { runs: latest === undefined || latest <= settledTo ? runs : [latest], settledTo: now, more: false }
}

/** After one moment, up to and with another; one more than can be taken at once shows that there are more. */
const between = (timing: Timing, after: number, upTo: number): readonly number[] => {
  const found: number[] = []
  let at = nextAfter(timing, after)
  while (at !== undefined && at <= upTo && found.length <= MAX_AT_ONCE) {
    found.push(at)
    at = nextAfter(timing, at)
  }
  return found
}
