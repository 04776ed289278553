/**
 * Willing something where another node is the authority: it is written into the document as a proposal, durable here, to be judged
 * there (DESIGN §2.2). What can be said already here is said at once, so nobody waits for an answer that is certain.
 */
import { propose, waitingProposals } from '../document/index.ts'
import type { Instant } from '../values/instant.ts'
import { canonicalJson } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Proposable } from '../workflow/proposal.ts'
import { isTerminal } from '../workflow/status.ts'
import { foreignHome, keyReused, NO_SUCH_WORKFLOW, PROPOSED, staleness } from './answers.ts'
import type { Core } from './core.ts'
import { type Answer, isProposable, type WillInput } from './inputs.ts'
import { creationOf } from './projections.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'

export const proposeWill = (core: Core, turn: Pick<Turn, 'now' | 'begin' | 'touch'>, input: WillInput): Result<Answer, Refusal> => {
  const { workflow, home, command, expected } = input
  const known = core.units.peek(workflow)
  if (!isProposable(command)) return err(refusal('give-up', 'not-the-authority', `Only ${home} takes ${command.type}.`))
  const stale = staleness(known, expected)
  if (stale !== undefined) return err(stale)
  const unit = known ?? (command.type === 'create' ? turn.begin(workflow, home) : undefined)
  if (unit === undefined || (unit.isEmpty && command.type !== 'create')) return err(NO_SUCH_WORKFLOW)
  if (unit.home !== home) return err(foreignHome(unit))
  const proposed = writeProposal(core, unit, command, input, turn.now)
  if (proposed.ok && !proposed.value.replayed) turn.touch(unit)
  return proposed
}

/** Writes the proposal into the unit, or answers at once; the unit has changed exactly when the answer is a fresh `proposed`. */
const writeProposal = (core: Core, unit: Unit, command: Proposable, input: WillInput, now: Instant): Result<Answer, Refusal> => {
  const foreseen = foresee(core, unit, command, now)
  if (foreseen !== undefined) return foreseen
  const journal = input.journal ?? core.journal
  const n = nextNumber(unit, journal)
  if (input.journal !== undefined && n > 1) return ok({ ...PROPOSED, replayed: true, proposal: { journal, n: 1 } })
  const { by, reason } = input
  const written = propose(unit.replica, { journal, n, by, at: now.wall, basis: unit.basis, reason, content: command })
  if (!written.ok) return written
  unit.keep(written.value, core.author.node)
  return ok({ ...PROPOSED, proposal: { journal, n } })
}

/** A second creation is the first, bad input is bad anywhere, and an ended workflow stays ended. */
const foresee = (core: Core, unit: Unit, command: Proposable, now: Instant): Result<Answer, Refusal> | undefined => {
  if (command.type === 'create') return foreseeCreation(core, unit, command)
  const { state } = unit
  if (state === undefined || !isTerminal(state.status) || command.type === 'step-settled-elsewhere') return undefined
  const definition = core.catalogue.byHash(state.definition)
  const decided = definition && core.rules.decide(definition, unit.id, state, command, { now, by: 'foresight' })
  return decided?.ok === false ? decided : undefined
}

const foreseeCreation = (core: Core, unit: Unit, command: Extract<Proposable, { type: 'create' }>): Result<Answer, Refusal> | undefined => {
  const earlier = unit.state ?? creationOf(unit)
  if (earlier !== undefined) {
    const same = earlier.definition === command.definition && canonicalJson(earlier.input) === canonicalJson(command.input)
    return same ? ok({ ...PROPOSED, replayed: true }) : err(keyReused(command.key))
  }
  const problems = core.catalogue.byHash(command.definition)?.checkInput(command.input) ?? []
  if (problems.length === 0) return undefined
  return err(refusal('fix-request', 'invalid-input', `The input does not fit: ${problems.join('; ')}.`, { errors: [...problems] }))
}

/** Journals count without gaps, in each document by itself. */
const nextNumber = (unit: Unit, journal: string): number => {
  let last = unit.state?.marks[journal] ?? 0
  for (const one of waitingProposals(unit.replica)) {
    if (!one.malformed && one.proposal.journal === journal) last = Math.max(last, one.proposal.n)
  }
  return last + 1
}
