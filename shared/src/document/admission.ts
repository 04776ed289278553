/**
 * Which waiting proposals may be judged now (D5). Each journal is admitted in the order of its numbers, without gaps, from its mark on:
 *
 *   n ≤ mark          `spent`: judged before; removed, unjudged
 *   mark+1, mark+2 …  `admit`
 *   after a gap       `held` until the gap is filled
 *   a second element with the same ⟨journal, n⟩ is spent with the first
 */
import type { Malformed, Waiting, WellFormed } from './proposals.ts'

export interface Admission {
  readonly admit: readonly WellFormed[]
  readonly spent: readonly WellFormed[]
  readonly held: readonly WellFormed[]
  /** To be answered with a verdict and removed. */
  readonly malformed: readonly Malformed[]
}

/** @param marks journal → highest number that has a verdict */
export const admissible = (waiting: readonly Waiting[], marks: { readonly [journal: string]: number }): Admission => {
  const admission = { admit: [] as WellFormed[], spent: [] as WellFormed[], held: [] as WellFormed[] }
  const reached = new Map<string, number>()
  for (const one of waiting.filter(isWellFormed).sort(byJournal)) {
    const { journal, n } = one.proposal
    const last = reached.get(journal) ?? (Object.hasOwn(marks, journal) ? (marks[journal] ?? 0) : 0)
    if (n <= last) admission.spent.push(one)
    else if (n > last + 1) admission.held.push(one)
    else admission.admit.push(one)
    if (n === last + 1) reached.set(journal, n)
  }
  return { ...admission, malformed: waiting.filter(isMalformed) }
}

const isWellFormed = (one: Waiting): one is WellFormed => !one.malformed
const isMalformed = (one: Waiting): one is Malformed => one.malformed

const byJournal = (a: WellFormed, b: WellFormed): number =>
  compareTexts(a.proposal.journal, b.proposal.journal) ||
  a.proposal.n - b.proposal.n ||
  a.place.client - b.place.client ||
  a.place.clock - b.place.clock

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
