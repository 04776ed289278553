/**
 * The authority judges the proposals that wait in a document, in the order of their authors' journals (D5). Verdicts and removals are
 * staged together and reach the document in one transaction.
 *
 * One proposal never holds up the others: what leads to entries that no log could hold is refused by itself, before it is staged.
 * Found only when the turn is written, it would fail the whole run of updates it came with, at every try.
 */
import { type Judgeable, type Judged, refuseUnwritable } from '../conflict/index.ts'
import { admissible, type Malformed, type WellFormed, waitingProposals } from '../document/index.ts'
import { refuseContent } from '../values/content.ts'
import type { Instant } from '../values/instant.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import { EMPTY_CONTEXT, encodeEntry } from '../workflow/codec.ts'
import type { LogEntry } from '../workflow/event.ts'
import { parseProposable } from '../workflow/proposal.ts'
import { isDecision } from './consistency-turn.ts'
import type { Core } from './core.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'

/** The turn in which it happens. */
export type Judging = Pick<Turn, 'now' | 'stage' | 'consistency'>

export const judgeWaiting = (core: Core, turn: Judging, unit: Unit): void => {
  const { admit, spent, malformed } = admissible(waitingProposals(unit.replica), unit.state?.marks ?? {})
  unit.answer(spent.map(({ place }) => place))
  // What finds no workflow to be judged by waits for its creation, which may come later in this same row.
  const now = decidable(core, turn, unit, admit)
  const early = now.filter((one) => !judgeOne(core, turn, unit, one))
  if (unit.state !== undefined) for (const one of early) judgeOne(core, turn, unit, one)
  for (const each of malformed) refuseMalformed(core, turn, unit, each)
}

/**
 * What can't be decided now waits in the document, and whatever its author wrote after it: journals are judged in order. Facts before it
 * are taken at once.
 */
const decidable = (core: Core, turn: Judging, unit: Unit, admit: readonly WellFormed[]): readonly WellFormed[] => {
  const postponed = new Set<string>()
  return admit.filter(({ proposal: { journal, content } }) => {
    if (postponed.has(journal)) return false
    const proposed = parseProposable(content)
    if (!proposed.ok || !isDecision(proposed.value)) return true
    const hash = unit.state?.definition ?? definitionNamed(content)
    if (turn.consistency.refuseProposals(unit, core.outlet.policyOf(hash)) === undefined) {
      turn.consistency.take(proposed.value, unit)
      return true
    }
    postponed.add(journal)
    core.outlet.postpone(unit)
    return false
  })
}

const judgeOne = (core: Core, turn: Judging, unit: Unit, { place, proposal }: WellFormed): boolean => {
  const basisLength = proposal.basis.length
  const missed = () => unit.entriesAfter(basisLength)
  const judged = verdictOn(core, unit, { ...proposal, basisLength, missed }, turn.now)
  if (judged === undefined) return false
  turn.stage(unit, judged.entries, judged.state)
  unit.answer([place])
  return true
}

export const verdictOn = (core: Core, unit: Unit, proposal: Judgeable, now: Instant): Judged | undefined => {
  const hash = unit.state?.definition ?? definitionNamed(proposal.content)
  const definition = hash === undefined ? undefined : core.catalogue.byHash(hash)
  const judged = core.rules.judge(definition, unit.id, unit.state, proposal, now)
  const unwritable = judged && refuseEntries(judged.entries)
  return unwritable === undefined ? judged : refuseUnwritable(unit.state, proposal, unwritable, now)
}

/** Judged as they will lie in the log, whose elements are counted from depth 0. */
const refuseEntries = (entries: readonly LogEntry[]): Refusal | undefined =>
  refuseContent(
    entries.map((entry) => encodeEntry(entry, EMPTY_CONTEXT).coded),
    -1,
  )

/** It has no journal to be answered in, so it gets one made of the place it stands at. */
const refuseMalformed = (core: Core, turn: Judging, unit: Unit, { place }: Malformed): void => {
  if (unit.state === undefined) return
  const nameless = { journal: `malformed.${place.client}`, n: place.clock + 1, by: '?', reason: '', basisLength: 0, content: null }
  const judged = core.rules.judge(undefined, unit.id, unit.state, nameless, turn.now)
  if (judged !== undefined) turn.stage(unit, judged.entries, judged.state)
  unit.answer([place])
}

const definitionNamed = (content: Json): string | undefined =>
  isJsonObject(content) && typeof content.definition === 'string' ? content.definition : undefined
