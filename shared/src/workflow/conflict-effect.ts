/**
 * What choosing an option of a conflict does to the workflow, be it chosen by a person or by itself:
 *
 *   none      what stands, stands            take      the decision that had lost is carried out
 *   undo      all of it is undone            cancel    it ends cancelled, as far as it may
 *   pause     nothing new begins             raise     it becomes critical
 *   requeue   the step is given back and waits for its turn        fail   the step has failed
 *   proceed   the step may begin in spite of the rule: read by whoever lets steps begin
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { purposeOf } from './attempt.ts'
import type { Creation, Decision } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { ConflictOption, ConflictRecord } from './event.ts'
import { failStep } from './outcome.ts'
import { type Proposable, parseProposable } from './proposal.ts'
import { undoAll } from './retry.ts'
import { isTerminal } from './status.ts'
import { turnBack } from './turn-back.ts'

/** How a decision is carried out; handed in, since resolving a conflict is itself one. */
export type CarryOut = (draft: Draft, decision: Exclude<Decision, Creation>) => Refusal | undefined

type About = Pick<ConflictRecord, 'step' | 'inputs' | 'explanation'>

/** @returns why it can't be done any more, if so; then nothing must be kept of the draft */
export const carryOutEffect = (
  draft: Draft,
  conflict: About,
  effect: ConflictOption['effect'],
  reason: string,
  carryOut: CarryOut,
): Refusal | undefined => {
  switch (effect) {
    case 'none':
    case 'proceed':
      return undefined
    case 'take':
      return takeLoser(draft, conflict, carryOut)
    case 'undo':
      return undo(draft, reason)
    case 'cancel':
      if (isTerminal(draft.state.status)) return ENDED
      return turnBack(draft, 'cancelled', stepError('cancelled', reason)) ?? undefined
    case 'pause':
      return draft.state.status === 'active' ? carryOut(draft, { type: 'pause' }) : undefined
    case 'raise':
      return isTerminal(draft.state.status) ? ENDED : carryOut(draft, { type: 'set-priority', priority: 'critical' })
    case 'requeue':
      return requeue(draft, conflict, reason)
    case 'fail':
      return fail(draft, conflict, reason)
  }
}

const ENDED = refusal('give-up', 'option-impossible', 'The workflow has ended; this option is open no more.')
const SETTLED = refusal('give-up', 'option-impossible', 'The step it is about has moved on; this option is open no more.')

const undo = (draft: Draft, reason: string): Refusal | undefined => {
  if (draft.state.status === 'completed') return undoAll(draft, reason)
  if (isTerminal(draft.state.status)) return ENDED
  turnBack(draft, 'cancelled', stepError('cancelled', reason))
  return undefined
}

/** What had lost is kept with the conflict, as it was proposed. */
const takeLoser = (draft: Draft, { inputs }: About, carryOut: CarryOut): Refusal | undefined => {
  const proposed = inputs !== null && typeof inputs === 'object' && 'proposed' in inputs ? inputs.proposed : undefined
  const content = parseProposable(proposed ?? null)
  if (!content.ok) return content.error
  if (isWill(content.value)) return carryOut(draft, content.value)
  return refusal('give-up', 'option-impossible', `${content.value.type} is no decision that could be taken later.`)
}

const NO_WILL: ReadonlySet<string> = new Set(['create', 'signal', 'step-settled-elsewhere', 'collision'])

const isWill = (
  content: Proposable,
): content is Exclude<Proposable, { type: 'create' | 'signal' | 'step-settled-elsewhere' | 'collision' }> => !NO_WILL.has(content.type)

const requeue = (draft: Draft, { step: ref }: About, reason: string): Refusal | undefined => {
  const step = ref === undefined ? undefined : draft.step(ref)
  if (ref === undefined || step === undefined || (step.status !== 'running' && step.status !== 'offered')) return SETTLED
  const error = stepError('conflict-lost', reason, true)
  draft.emit({ type: 'attempt-failed', ref, attempt: Math.max(1, step.attempt), error, retryAt: draft.now.wall })
  return undefined
}

const fail = (draft: Draft, { step: ref }: About, reason: string): Refusal | undefined => {
  const step = ref === undefined ? undefined : draft.step(ref)
  if (ref === undefined || step === undefined || isTerminal(draft.state.status) || purposeOf(step) !== 'forward') return SETTLED
  if (step.status !== 'ready' && step.status !== 'waiting_for_resource') return SETTLED
  failStep(draft, ref, stepError('conflict-lost', reason))
  return undefined
}
