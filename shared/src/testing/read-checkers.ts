/**
 * What readers were shown, held against what was committed when. Positions count the commits of one authority, from 1 on; 0 is nothing
 * yet. Times are those of one clock that no node can see.
 *
 *   I15  a bounded read that succeeded misses no more than it may, and nothing for longer than it may
 *   I10  a session never sees less than it has seen, nor less than it has written itself
 *   I9   whoever is shown something is shown what it rests on
 */
import type { Violation } from './invariant.ts'

export interface Bound {
  readonly maxMissing: number
  readonly maxLagMs: number
}

export interface BoundedRead {
  readonly reader: string
  readonly startedAt: number
  /** The last position it was shown; nothing where it was refused. */
  readonly shown: number | undefined
}

/** @param commits when each position was committed, the first first */
export const staleReads = (commits: readonly number[], reads: Iterable<BoundedRead>, bound: Bound): readonly Violation[] => {
  const violations: Violation[] = []
  for (const read of reads) {
    const { startedAt, shown } = read
    if (shown === undefined) continue
    const missing = committedBy(commits, startedAt) - shown
    const since = commits[shown]
    const lagMs = missing > 0 && since !== undefined ? startedAt - since : 0
    if (missing <= bound.maxMissing && lagMs <= bound.maxLagMs) continue
    violations.push({ invariant: 'I15 bounded staleness', details: { ...read, shown, missing: Math.max(0, missing), lagMs, ...bound } })
  }
  return violations
}

/** How many of them were committed at a moment or before it. */
const committedBy = (commits: readonly number[], at: number): number => {
  let [low, high] = [0, commits.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((commits[middle] ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** Refused without need: within a stretch in which the link was whole a bound can be kept, so nothing may be refused there. */
export const needlessRefusals = (
  reads: Iterable<BoundedRead>,
  whole: readonly { readonly from: number; readonly to: number }[],
): readonly Violation[] =>
  [...reads]
    .filter(({ shown, startedAt }) => shown === undefined && whole.some(({ from, to }) => startedAt >= from && startedAt <= to))
    .map(({ reader, startedAt }) => ({ invariant: 'I15 nothing is refused while the link is whole', details: { reader, startedAt } }))

/** What somebody has seen or done: the highest position of each document. */
export type Positions = Readonly<Record<string, number>>

export type SessionStep =
  | { readonly session: string; readonly type: 'read'; readonly shown: Positions }
  | { readonly session: string; readonly type: 'write'; readonly made: Positions }

/** In the order in which each session was answered. */
export const brokenSessions = (steps: Iterable<SessionStep>): readonly Violation[] => {
  const seen = new Map<string, Map<string, number>>()
  const written = new Map<string, Map<string, number>>()
  const violations: Violation[] = []
  for (const step of steps) {
    const { session } = step
    if (step.type === 'write') {
      violations.push(...behind('I10 writes follow one another', session, written.get(session), step.made, true))
      raise(written, session, step.made)
    } else {
      violations.push(...behind('I10 monotonic reads', session, seen.get(session), step.shown, false))
      violations.push(...behind('I10 read your writes', session, written.get(session), step.shown, false))
      raise(seen, session, step.shown)
    }
  }
  return violations
}

const behind = (
  invariant: string,
  session: string,
  known: ReadonlyMap<string, number> | undefined,
  positions: Positions,
  mustGrow: boolean,
): readonly Violation[] =>
  Object.entries(positions).flatMap(([document, position]) => {
    const before = known?.get(document) ?? 0
    const isBehind = mustGrow ? position <= before : position < before
    return isBehind ? [{ invariant, details: { session, document, before, position } }] : []
  })

const raise = (all: Map<string, Map<string, number>>, session: string, positions: Positions): void => {
  const known = all.get(session) ?? new Map<string, number>()
  for (const [document, position] of Object.entries(positions)) known.set(document, Math.max(known.get(document) ?? 0, position))
  all.set(session, known)
}

export interface Shown {
  readonly replica: string
  /** Ids of what it shows, in any order. */
  readonly shows: ReadonlySet<string>
}

/** @param restsOn id → ids of what it was made in the knowledge of */
export const missingCauses = (shown: Iterable<Shown>, restsOn: ReadonlyMap<string, readonly string[]>): readonly Violation[] =>
  [...shown].flatMap(({ replica, shows }) =>
    [...shows].flatMap((id) =>
      (restsOn.get(id) ?? [])
        .filter((cause) => !shows.has(cause))
        .map((cause): Violation => ({ invariant: 'I9 causality', details: { replica, shows: id, misses: cause } })),
    ),
  )
