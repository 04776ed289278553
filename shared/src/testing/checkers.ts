/**
 * What must hold of recorded histories. Each checker is a pure pass over what the world recorded, knows nothing of the system's
 * types, and returns every violation, none when all is well.
 */
import type { Violation } from './invariant.ts'

/** I1: everything that was acknowledged is held. */
export const lostAcknowledged = (acknowledged: Iterable<string>, held: ReadonlySet<string>): readonly Violation[] =>
  [...acknowledged].filter((id) => !held.has(id)).map((id) => ({ invariant: 'I1 no lost acknowledged write', details: { id } }))

export interface HeldEntry {
  readonly author: string
  readonly sequence: number
  readonly hash: string
}

/**
 * I3: of each author a replica holds one unbroken run from `first` on. Entries are given in the order the replica holds them;
 * of each author only the first break is told, since all after it is noise.
 */
export const brokenPrefixes = (entries: Iterable<HeldEntry>, first = 0): readonly Violation[] => {
  const runs = new Map<string, string[]>()
  const broken = new Map<string, Violation>()
  for (const entry of entries) {
    const run = runs.get(entry.author) ?? []
    runs.set(entry.author, run)
    const fault = faultOf(entry, run, first)
    if (fault === undefined) run.push(entry.hash)
    else if (!broken.has(entry.author)) broken.set(entry.author, prefixViolation(entry, fault, first + run.length))
  }
  return [...broken.values()]
}

const faultOf = ({ sequence, hash }: HeldEntry, run: readonly string[], first: number): 'gap' | 'fork' | 'duplicate' | undefined => {
  const expected = first + run.length
  if (sequence === expected) return undefined
  if (sequence > expected || sequence < first) return 'gap'
  return run[sequence - first] === hash ? 'duplicate' : 'fork'
}

const prefixViolation = ({ author, sequence }: HeldEntry, fault: string, expected: number): Violation => ({
  invariant: 'I3 contiguous prefix',
  details: { author, fault, sequence, expected },
})

export interface ReplicaState {
  readonly replica: string
  /** Names the set of updates it holds: equal sets, equal text. */
  readonly updates: string
  /** Canonical hash of what it shows. */
  readonly state: string
}

/** I7: who holds the same updates shows the same state. */
export const diverged = (replicas: Iterable<ReplicaState>): readonly Violation[] => {
  const first = new Map<string, ReplicaState>()
  const violations: Violation[] = []
  for (const replica of replicas) {
    const other = first.get(replica.updates)
    if (other === undefined) first.set(replica.updates, replica)
    else if (other.state !== replica.state) {
      violations.push({ invariant: 'I7 convergence', details: { one: { ...other }, other: { ...replica } } })
    }
  }
  return violations
}

/** I21: no effect was carried out twice, except those declared unknown and redone by a person's word (E4). */
export const doubleEffects = (executed: Iterable<string>, declaredUnknown: ReadonlySet<string> = new Set()): readonly Violation[] => {
  const times = new Map<string, number>()
  for (const effect of executed) times.set(effect, (times.get(effect) ?? 0) + 1)
  return [...times]
    .filter(([effect, count]) => count > 1 && !declaredUnknown.has(effect))
    .map(([effect, count]) => ({ invariant: 'I21 no double effect', details: { effect, times: count } }))
}

export interface TaskCounts {
  readonly created: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
  readonly open: number
}

/** I23: what was created is done, failed, cancelled or open. */
export const unconserved = (counts: TaskCounts): readonly Violation[] => {
  const { created, done, failed, cancelled, open } = counts
  const conserved = created === done + failed + cancelled + open && Math.min(created, done, failed, cancelled, open) >= 0
  return conserved ? [] : [{ invariant: 'I23 conservation', details: { ...counts } }]
}
