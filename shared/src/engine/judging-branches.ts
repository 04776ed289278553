/**
 * The authority judges what a former one wrote after its epoch had ended (D1): each entry once, under ⟨segment, place⟩, and in the order
 * in which it was written. Facts are taken, or kept as late; decisions are proposals; the rest is passed over. Where both did work that
 * only one should have done, that is a conflict, and a person is asked.
 */

import { type LateWord, lateWord, noteTwoAuthorities } from '../conflict/former-authority.ts'
import { type Branch, branches } from '../document/branch.ts'
import { canonicalJson } from '../values/json.ts'
import { attemptMark } from '../workflow/attempt.ts'
import type { EventOf, LogEntry, WorkflowEvent } from '../workflow/event.ts'
import { lateName } from '../workflow/evolve.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { Core } from './core.ts'
import { type Judging, verdictOn } from './judging.ts'
import type { Unit } from './unit.ts'

export const judgeBranches = (core: Core, turn: Judging, unit: Unit): void => {
  if (unit.state === undefined) return
  for (const branch of branches(unit.replica)) {
    if (markOf(unit.state, branch.segment) < branch.last) judgeBranch(core, turn, unit, branch)
  }
}

const judgeBranch = (core: Core, turn: Judging, unit: Unit, branch: Branch): void => {
  const from = Math.max(branch.from, markOf(unit.state, branch.segment) + 1)
  const doubled = new Set<number>()
  const of: Case = { core, turn, unit, branch, doubled }
  let decided: Decided | undefined
  const settle = (): void => {
    if (decided !== undefined) take(of, decided.word, decided.entry, decided.index)
    decided = undefined
  }
  for (const { segment, index, entry, before } of unit.replayBranch(branch.segment)) {
    const definition = before && core.catalogue.byHash(before.definition)
    const word = segment === branch.segment && index >= from && definition ? lateWord(definition, before, entry) : undefined
    if (word === undefined) continue
    if (word.kind === 'verdict' && decided !== undefined && isTakenAlready(of, decided.entry, word.event)) decided = undefined
    settle()
    if (word.kind === 'decision') decided = { word, entry, index }
    else take(of, word, entry, index)
  }
  settle()
  const { state } = unit
  const definition = state && core.catalogue.byHash(state.definition)
  if (state === undefined) return
  if (doubled.size > 0 && definition !== undefined) {
    const noted = noteTwoAuthorities(definition, unit.id, state, { segment: branch.segment, steps: [...doubled] }, turn.now)
    turn.stage(unit, noted.entries, noted.state)
  }
  const explanation = `What was written in ${branch.segment} after the epoch had ended was read: facts are kept, decisions were judged.`
  put(core, turn, unit, { type: 'verdict', journal: branch.segment, n: branch.last, accepted: true, code: 'former-authority', explanation })
}

interface Case {
  readonly core: Core
  readonly turn: Judging
  readonly unit: Unit
  readonly branch: Branch
  /** Steps of which the other side did what counts for nothing here. */
  readonly doubled: Set<number>
}

interface Decided {
  readonly word: LateWord
  readonly entry: LogEntry
  readonly index: number
}

/**
 * A decision with a verdict behind it was a proposal that the former authority had admitted. If that proposal has its verdict here as well,
 * the decision stands in this log already, and is not made once more in the former authority's name.
 */
const isTakenAlready = ({ unit, branch }: Case, { by, event }: LogEntry, { journal, n, accepted }: EventOf<'verdict'>): boolean => {
  if (!accepted || markOf(unit.state, journal) < n) return false
  const said = canonicalJson({ by, event })
  return unit.entriesAfter(branch.shared).some((entry) => canonicalJson({ by: entry.by, event: entry.event }) === said)
}

const take = (of: Case, word: LateWord, entry: LogEntry, index: number): void => {
  const { core, turn, unit, branch } = of
  switch (word.kind) {
    case 'verdict':
      if (markOf(unit.state, word.event.journal) < word.event.n) put(core, turn, unit, word.event)
      return
    case 'decision': {
      const { segment: journal, shared: basisLength } = branch
      const missed = () => unit.entriesAfter(basisLength)
      const reason = 'decided under an epoch that had ended'
      const judged = verdictOn(
        core,
        unit,
        { journal, n: index, by: entry.by, reason, basisLength, content: word.content, missed },
        turn.now,
      )
      if (judged !== undefined) turn.stage(unit, judged.entries, judged.state)
      return
    }
    case 'fact':
      takeFact(of, word, entry.by)
  }
}

const takeFact = ({ core, turn, unit, doubled }: Case, { fact, result }: Extract<LateWord, { kind: 'fact' }>, by: string): void => {
  const { state } = unit
  const definition = state && core.catalogue.byHash(state.definition)
  if (state === undefined || definition === undefined) return
  const decided = core.rules.decide(definition, unit.id, state, fact, { now: turn.now, by })
  if (decided.ok && decided.value.entries.length > 0) {
    turn.stage(unit, decided.value.entries, decided.value.state)
    if (result?.succeeded && decided.value.entries.some(({ event }) => event.type === 'late-result')) doubled.add(result.ref)
    return
  }
  const isOffered = result !== undefined && state.steps[result.ref]?.offered?.[attemptMark(result)] === by
  if (result === undefined || isOffered || state.late.includes(lateName(result))) return
  put(core, turn, unit, result)
  if (result.succeeded) doubled.add(result.ref)
}

const put = (core: Core, turn: Judging, unit: Unit, event: WorkflowEvent): void => {
  if (unit.state === undefined) return
  const entry: LogEntry = { at: Math.max(turn.now.wall, unit.state.lastAt), by: 'authority', event }
  turn.stage(unit, [entry], core.rules.evolve(unit.state, entry) ?? unit.state)
}

const markOf = (state: WorkflowState | undefined, journal: string): number =>
  state !== undefined && Object.hasOwn(state.marks, journal) ? (state.marks[journal] ?? 0) : 0
