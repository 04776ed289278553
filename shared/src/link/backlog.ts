/**
 * What a home's feed holds that the hub has not acknowledged: how much, and since when. Known also while cut off, when no stream is
 * open, so that "n pending, the oldest t old" is always an answer (I12).
 *
 *   B1  Marks are in feed order; each stands for `count` entries up to `end`, the oldest written at `at`.
 *   B2  At most MAX_MARKS: weeks of outage are merged pair by pair, which keeps the count and never makes the oldest look younger.
 */
const MAX_MARKS = 1024

export interface Mark {
  readonly end: number
  readonly count: number
  /** Wall clock, milliseconds since 1970: it must mean something after a restart. */
  readonly at: number
}

export interface Backlog {
  readonly acknowledged: number
  readonly marks: readonly Mark[]
}

export const emptyBacklog: Backlog = { acknowledged: 0, marks: [] }

export const grow = (backlog: Backlog, mark: Mark): Backlog => {
  if (mark.count === 0 || mark.end <= backlog.acknowledged) return backlog
  const marks = [...backlog.marks, mark]
  return { ...backlog, marks: marks.length > MAX_MARKS ? merged(marks) : marks }
}

/** The hub's answer. One lower than before means that it was restored: what it lost is pending again. */
export const acknowledge = (backlog: Backlog, sequence: number, at: number): Backlog => {
  if (sequence < backlog.acknowledged) {
    const lost = { end: backlog.acknowledged, count: backlog.acknowledged - sequence, at }
    return { acknowledged: sequence, marks: [lost, ...backlog.marks] }
  }
  return clear({ ...backlog, acknowledged: sequence }, sequence)
}

/** The feed was found to be shorter than what the peer holds, and goes on in another generation: all of it is pending. */
export const restart = (end: number, at: number): Backlog => grow(emptyBacklog, { end, count: end, at })

/** Nothing up to here is pending, though the hub's cursor may be lower: what lies between came from the hub itself. */
export const clear = (backlog: Backlog, sequence: number): Backlog => ({
  ...backlog,
  marks: backlog.marks.filter((mark) => mark.end > sequence),
})

export const pendingIn = (backlog: Backlog): number => backlog.marks.reduce((sum, mark) => sum + mark.count, 0)

export const oldestIn = (backlog: Backlog): number | undefined => backlog.marks[0]?.at

const merged = (marks: readonly Mark[]): readonly Mark[] => {
  const pairs: Mark[] = []
  for (let index = 0; index < marks.length; index += 2) {
    const [older, newer] = marks.slice(index, index + 2)
    if (older !== undefined) pairs.push(newer === undefined ? older : { end: newer.end, count: older.count + newer.count, at: older.at })
  }
  return pairs
}
