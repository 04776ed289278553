/**
 * A cancel that could not know that the point of no return was passed (CON-5). What had happened in the world is kept as a fact; the
 * definition says what is done about it, and without its word a person is asked.
 *
 *   keep         it stays done; a follow-up may deal with it          compensate   it is undone in spite of the point of no return
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { LateCancelPolicy } from '../definition/definition.ts'
import type { Instant } from '../values/instant.ts'
import { drawConsequences } from '../workflow/consequences.ts'
import { Draft, evaluateMapping } from '../workflow/draft.ts'
import { stepError } from '../workflow/errors.ts'
import type { Clash } from '../workflow/event.ts'
import { noteConflict } from '../workflow/note-conflict.ts'
import { pastPointOfNoReturn } from '../workflow/point-of-no-return.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isTerminal } from '../workflow/status.ts'
import { turnBack } from '../workflow/turn-back.ts'
import type { Judgeable } from './judge.ts'

export interface LateCancel {
  readonly draft: Draft
  readonly undone: boolean
  readonly explanation: string
}

/** @returns nothing where its author could have known */
export const lateCancel = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  proposal: Judgeable,
  now: Instant,
): LateCancel | undefined => {
  const { pointOfNoReturn, late } = definition.definition.cancel
  const passed = passedAt(definition, state)
  if (pointOfNoReturn === undefined || passed === undefined || proposal.basisLength > passed) return undefined
  const policy = possible(late ?? { outcome: 'ask' }, state)
  const draft = new Draft(definition, workflow, state, now, 'authority')
  const { start } = policy
  noteConflict(draft, clashOf(policy, proposal, pointOfNoReturn, passed, state), [proposal.journal, proposal.n])
  if (policy.outcome === 'compensate') turnBack(draft, 'cancelled', stepError('cancelled', proposal.reason))
  if (policy.outcome === 'keep' && start !== undefined) wantFollowUp(draft, start)
  drawConsequences(draft)
  return { draft, undone: policy.outcome === 'compensate', explanation: explanationOf(policy, pointOfNoReturn) }
}

const clashOf = (policy: LateCancelPolicy, proposal: Judgeable, step: string, passed: number, state: WorkflowState): Clash => ({
  kind: 'data',
  rule: 'late-cancel',
  version: 1,
  severity: 'warning',
  parties: [
    `cancel by ${proposal.by} (${proposal.reason}), who had seen ${proposal.basisLength} of ${state.length} entries`,
    `${step}, passed at entry ${passed + 1}`,
  ],
  inputs: { proposed: proposal.content, by: proposal.by, seen: proposal.basisLength, length: state.length, step, passedAt: passed + 1 },
  outcomes: [
    { option: 'keep', effect: 'none', consequence: keeping(policy) },
    { option: 'compensate', effect: 'undo', consequence: 'What was done is undone, and the workflow ends cancelled.' },
  ],
  choice: policy.outcome,
  explanation: explanationOf(policy, step),
})

const keeping = ({ outcome, start }: LateCancelPolicy): string =>
  outcome !== 'keep' || start === undefined
    ? 'What was done is kept, and the workflow goes on.'
    : `What was done is kept; ${start.definition} is asked for to deal with it.`

const explanationOf = (policy: LateCancelPolicy, step: string): string =>
  `Too late: ${step} had passed before the cancel was known here. ${DONE[policy.outcome](policy)}`

const DONE: Readonly<Record<LateCancelPolicy['outcome'], (policy: LateCancelPolicy) => string>> = {
  ask: () => 'What was done is kept until somebody decides.',
  compensate: () => 'What was done is being undone.',
  keep: ({ start }) =>
    start === undefined ? 'What was done is kept.' : `What was done is kept; ${start.definition} was asked for to deal with it.`,
}

/** What has ended can't go back by itself any more: what the policy would undo is kept, and its follow-up deals with it. */
const possible = (policy: LateCancelPolicy, { status }: WorkflowState): LateCancelPolicy =>
  policy.outcome === 'compensate' && isTerminal(status) ? { ...policy, outcome: 'keep' } : policy

/** Position in the log at which the point of no return was passed. */
const passedAt = (definition: CompiledDefinition, state: WorkflowState): number | undefined => {
  const { pointOfNoReturn } = definition.definition.cancel
  if (pointOfNoReturn === undefined || pastPointOfNoReturn(definition, state) === undefined) return undefined
  const step = state.steps[definition.numberOf.get(pointOfNoReturn) ?? -1]
  return step?.begun ?? step?.position
}

const wantFollowUp = (draft: Draft, start: NonNullable<LateCancelPolicy['start']>): void => {
  const input = evaluateMapping(draft.definition.lateCancelInput ?? [], draft.variables())
  const key = `${draft.workflow}.late-cancel`
  if (draft.state.followUps.some((followUp) => followUp.key === key)) return
  draft.emit({ type: 'follow-up-wanted', key, definition: start.definition, input: input.ok ? input.value : {} })
}
