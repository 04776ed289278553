/**
 * The verdict on a proposal: a decision or fact written by a node that is not the authority, perhaps while cut off.
 *
 *   understood and legal                        accepted, with what it led to
 *   illegal, and its author could have known    refused with the reason
 *   illegal because of what the author could    a conflict, settled by the definition's policy, recorded with parties,
 *   not have seen (its basis misses it)         rule, options and choice; what had happened in the world is kept (CON-5)
 *
 * Pure: the same log and proposal give the same verdict on any node.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { LateCancelPolicy } from '../definition/definition.ts'
import type { Instant } from '../values/instant.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { attemptOf } from '../workflow/attempt.ts'
import { drawConsequences } from '../workflow/consequences.ts'
import { decide } from '../workflow/decide.ts'
import { Draft, evaluateMapping } from '../workflow/draft.ts'
import { stepError } from '../workflow/errors.ts'
import type { LogEntry } from '../workflow/event.ts'
import { evolve } from '../workflow/evolve.ts'
import { PLAIN_NODE } from '../workflow/node-context.ts'
import { pastPointOfNoReturn } from '../workflow/point-of-no-return.ts'
import { type Proposable, parseProposable } from '../workflow/proposal.ts'
import { stageTitle } from '../workflow/stage.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isTerminal } from '../workflow/status.ts'
import { turnBack } from '../workflow/turn-back.ts'

/** A proposal as the document carries it; `basisLength` is how many entries of the log its author had seen. */
export interface Judgeable {
  readonly journal: string
  readonly n: number
  readonly by: string
  readonly reason: string
  readonly basisLength: number
  readonly content: Json
}

export interface Judged {
  readonly entries: readonly LogEntry[]
  readonly state: WorkflowState
  readonly accepted: boolean
}

/**
 * @param definition the workflow's definition, as far as this node knows it
 * @returns nothing when there is neither a workflow nor a proposal to create one: there is no log to write a verdict into
 */
export const judge = (
  definition: CompiledDefinition | undefined,
  workflow: string,
  state: WorkflowState | undefined,
  proposal: Judgeable,
  now: Instant,
  node = PLAIN_NODE,
): Judged | undefined => {
  const content = parseProposable(proposal.content)
  if (!content.ok) return refuse(state, proposal, content.error, now)
  if (definition === undefined) {
    const unknown = refusal('ask-person', 'unknown-definition', 'This node does not know the definition that the workflow is made from.')
    return refuse(state ?? stillborn(content.value, proposal, unknown, now), proposal, unknown, now)
  }
  const decided = decide(definition, workflow, state, content.value, { now, by: proposal.by, node })
  if (decided.ok)
    return withVerdict(decided.value, proposal, true, 'accepted', accepted(definition, content.value, decided.value.state), now)
  if (state === undefined) return refuse(stillborn(content.value, proposal, decided.error, now), proposal, decided.error, now)
  const late = content.value.type === 'cancel' ? lateCancel(definition, workflow, state, proposal, now) : undefined
  return late ?? refuse(state, proposal, decided.error, now)
}

/**
 * The verdict on a proposal from which follows what no log can hold. Nothing of its input is kept.
 * @returns nothing where `judge` gives nothing
 */
export const refuseUnwritable = (state: WorkflowState | undefined, proposal: Judgeable, why: Refusal, now: Instant): Judged | undefined => {
  const content = parseProposable(proposal.content)
  const unwritable = refusal('fix-request', 'unwritable', `What it leads to can't be written down: ${why.message}`)
  const creation = content.ok && content.value.type === 'create' ? { ...content.value, input: null } : undefined
  return refuse(state ?? (creation && stillborn(creation, proposal, unwritable, now)), proposal, unwritable, now)
}

type Progressed = { readonly entries: readonly LogEntry[]; readonly state: WorkflowState }

const withVerdict = (so: Progressed, proposal: Judgeable, isAccepted: boolean, code: string, explanation: string, now: Instant): Judged => {
  const { journal, n } = proposal
  const event = { type: 'verdict', journal, n, accepted: isAccepted, code, explanation } as const
  const entry: LogEntry = { at: Math.max(now.wall, so.state.lastAt), by: 'authority', event }
  return { entries: [...so.entries, entry], state: evolve(so.state, entry) ?? so.state, accepted: isAccepted }
}

const refuse = (so: WorkflowState | Progressed | undefined, proposal: Judgeable, why: Refusal, now: Instant): Judged | undefined => {
  if (so === undefined) return undefined
  const progressed = 'entries' in so ? so : { entries: [], state: so }
  return withVerdict(progressed, proposal, false, why.code, why.message, now)
}

/** A creation that can't be: its document still tells its author why, as a workflow that failed before its first step. */
const stillborn = (content: Proposable, proposal: Judgeable, why: Refusal, now: Instant): Progressed | undefined => {
  if (content.type !== 'create') return undefined
  const error = stepError(why.code, why.message)
  const entries: LogEntry[] = [
    { at: now.wall, by: proposal.by, event: { ...content, type: 'created', name: '?', version: 0, steps: 0 } },
    { at: now.wall, by: 'authority', event: { type: 'turned-back', outcome: 'failed', error, compensate: false } },
    { at: now.wall, by: 'authority', event: { type: 'failed' } },
  ]
  const state = entries.reduce<WorkflowState | undefined>(evolve, undefined)
  return state === undefined ? undefined : { entries, state }
}

const accepted = (definition: CompiledDefinition, content: Proposable, state: WorkflowState): string => {
  switch (content.type) {
    case 'create':
      return 'Created.'
    case 'cancel':
      return `In time: cancelled. ${undoing(definition, state)}`
    case 'set-priority':
      return `Its priority is ${content.priority} now.`
    case 'signal':
      return `The signal “${content.name}” was taken.`
    case 'step-settled-elsewhere':
      return `It is known here that ${content.step ?? content.workflow} ${content.succeeded ? 'succeeded' : 'will not succeed'}.`
    case 'pause':
      return 'Paused.'
    case 'resume':
      return 'Resumed.'
    case 'terminate':
      return 'Ended at once; nothing is undone.'
    case 'rollback':
    case 'restore':
      return `Going back over ${state.turnedBack?.scope?.length ?? 0} steps, then on from there.`
    case 'recover':
      return `Recovering by ${content.strategy}.`
    case 'retry':
      return 'What failed is done again.'
    case 'review':
      return `${content.step} was answered: ${content.answer}.`
    case 'approve':
      return `${content.step} was ${content.approved ? 'approved' : 'rejected'}.`
    case 'discard':
      return `What failed at ${content.step} was discarded.`
    case 'migrate':
      return `It goes on under version ${state.version}.`
    case 'enter-stage':
      return `Entered “${stageTitle(definition.lifecycle, content.stage)}”.`
    case 'checkpoint':
      return `Checkpoint “${content.name}”.`
    case 'undo':
      return `Taken up again to be undone. ${undoing(definition, state)}`
  }
}

const undoing = (definition: CompiledDefinition, { steps }: WorkflowState): string => {
  const undone = steps.filter((step) => {
    const counts = step.status === 'compensating' || step.status === 'compensated' || step.status === 'succeeded'
    return counts && attemptOf(definition, step, 'compensate') !== undefined
  })
  return undone.length === 0
    ? 'Nothing had to be undone.'
    : `${undone.length} completed ${undone.length === 1 ? 'step' : 'steps'} will be undone.`
}

const lateCancel = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  proposal: Judgeable,
  now: Instant,
): Judged | undefined => {
  const { pointOfNoReturn, late } = definition.definition.cancel
  const passed = passedAt(definition, state)
  if (pointOfNoReturn === undefined || passed === undefined || proposal.basisLength > passed) return undefined
  const policy = possible(late ?? { outcome: 'ask' }, state)
  const draft = new Draft(definition, workflow, state, now, 'authority')
  const done = settleLateCancel(draft, policy, proposal)
  draft.emit({
    type: 'conflict',
    kind: 'data',
    rule: 'late-cancel',
    parties: [
      `cancel by ${proposal.by} (${proposal.reason}), who had seen ${proposal.basisLength} of ${state.length} entries`,
      `${pointOfNoReturn}, passed at entry ${passed + 1}`,
    ],
    options: ['keep', 'compensate', 'ask'],
    choice: policy.outcome,
    explanation: `Too late: ${pointOfNoReturn} had passed before the cancel was known here. ${done}`,
  })
  drawConsequences(draft)
  const code = policy.outcome === 'compensate' ? 'late-and-undone' : 'too-late'
  return withVerdict(draft, proposal, policy.outcome === 'compensate', code, `Too late: ${pointOfNoReturn} had passed. ${done}`, now)
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

const settleLateCancel = (draft: Draft, policy: LateCancelPolicy, proposal: Judgeable): string => {
  if (policy.outcome === 'ask') return 'What was done is kept until somebody decides.'
  if (policy.outcome === 'compensate') {
    turnBack(draft, 'cancelled', stepError('cancelled', proposal.reason))
    return 'What was done is being undone.'
  }
  const followUp = wantFollowUp(draft, policy)
  return followUp === undefined ? 'What was done is kept.' : `What was done is kept; ${followUp} was asked for to deal with it.`
}

const wantFollowUp = (draft: Draft, { start }: LateCancelPolicy): string | undefined => {
  if (start === undefined) return undefined
  const input = evaluateMapping(draft.definition.lateCancelInput ?? [], draft.variables())
  const key = `${draft.workflow}.late-cancel`
  if (draft.state.followUps.some((followUp) => followUp.key === key)) return start.definition
  draft.emit({ type: 'follow-up-wanted', key, definition: start.definition, input: input.ok ? input.value : {} })
  return start.definition
}
