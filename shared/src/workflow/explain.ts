/**
 * "Waiting for X since Y because Z": for any workflow and step, one sentence a tired person understands. Computed here once, shown
 * the same by API, screens and command line. Times are left to the reader's clock: `since` travels beside the sentence.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { ApprovalAwaited } from './approval.ts'
import { attemptOf, purposeOf, specOf, stepName } from './attempt.ts'
import { isOpenConflict } from './conflicts-settled.ts'
import { goingBack } from './describe.ts'
import { stepsGivenUp } from './retriable.ts'
import { stageTitle } from './stage.ts'
import type { StepState, WorkflowState } from './state.ts'

export const explain = (definition: CompiledDefinition, state: WorkflowState): string => {
  const open = state.conflicts.filter(isOpenConflict)
  const [first] = open
  const more = open.length > 1 ? ` And ${open.length - 1} more to be settled.` : ''
  const asked = first === undefined ? '' : ` Somebody in ${first.queue ?? 'charge'} is to settle a conflict: ${first.explanation}${more}`
  return `${explainStatus(definition, state)}${asked}`
}

const explainStatus = (definition: CompiledDefinition, state: WorkflowState): string => {
  switch (state.status) {
    case 'completed':
      return `Completed.${without(definition, state)}`
    case 'failed':
      return `Failed${at(definition, state)}: ${reason(state)}.${undone(state)}`
    case 'cancelled':
      return `Cancelled: ${reason(state)}.${undone(state)}`
    case 'paused':
      return 'Paused: running steps may finish, none is started until somebody resumes it.'
    case 'pending':
      return 'Waiting for its turn to be started.'
    case 'active':
      return explainActive(definition, state)
  }
}

const explainActive = (definition: CompiledDefinition, state: WorkflowState): string => {
  const atWork = sentencesOf(definition, state, (step) => step.status !== 'pending')
  const sentences = atWork.length > 0 ? atWork : sentencesOf(definition, state, (step) => step.status === 'pending')
  const { turnedBack } = state
  const turn =
    turnedBack === undefined ? '' : `${goingBack(turnedBack.outcome, turnedBack.scope?.length ?? 0)} (${turnedBack.error.message}). `
  const [first = 'Between two steps.', ...others] = sentences
  const stage = state.stage === undefined ? '' : `${stageTitle(definition.lifecycle, state.stage)}: `
  return `${stage}${turn}${first}${others.length > 0 ? ` And ${others.length} more.` : ''}`
}

const sentencesOf = (definition: CompiledDefinition, state: WorkflowState, pick: (step: StepState) => boolean): readonly string[] =>
  state.steps.flatMap((step) => (pick(step) && step.items === undefined ? (explainStep(definition, state, step) ?? []) : []))

/** What a step waits for; nothing when it waits for nothing. */
export const explainStep = (definition: CompiledDefinition, state: WorkflowState, step: StepState): string | undefined => {
  const name = stepName(definition, step)
  switch (step.status) {
    case 'pending':
      return step.parent === undefined && state.turnedBack === undefined ? pendingSentence(definition, state, step) : undefined
    case 'ready':
      return readySentence(definition, step, name)
    case 'offered':
      return `${name} waits for ${step.agent} to accept it.`
    case 'running':
      return runningSentence(step, name)
    case 'waiting_for_resource':
      return `${name} waits for ${resourceOf(step)}.`
    case 'validating':
      if (step.review !== undefined) return reviewSentence(step, step.review.queue, name)
      return `The output of ${name} is being checked.`
    case 'compensating':
      if (step.awaits?.kind === 'child') return `${name} waits for ${step.awaits.workflow}, the workflow it started, to be undone.`
      return undoingSentence(step, name)
    default:
      return undefined
  }
}

const resourceOf = ({ resource, shortage }: StepState): string => (shortage === undefined ? `${resource}` : `${resource} (${shortage})`)

const undoingSentence = (step: StepState, name: string): string => {
  if (step.resource !== undefined) return `${name} is to be undone, which waits for ${resourceOf(step)}.`
  return step.agent === undefined ? `${name} is to be undone and waits for somebody to do it.` : `${step.agent} is undoing ${name}.`
}

const pendingSentence = (definition: CompiledDefinition, state: WorkflowState, step: StepState): string | undefined => {
  const sources = specOf(definition, step).incoming.filter(({ from }) => state.steps[from]?.completion === undefined)
  const names = sources.map(({ from }) => definition.steps[from]?.id ?? '?')
  return names.length === 0 ? undefined : `${stepName(definition, step)} waits for ${names.join(', ')}.`
}

const readySentence = (definition: CompiledDefinition, step: StepState, name: string): string => {
  const again = step.error === undefined ? '' : ` Attempt ${step.attempt} failed: ${step.error.message}.`
  const work = attemptOf(definition, step, purposeOf(step))?.spec.work
  if (work?.type !== 'task') return `${name} is about to be tried${step.attempt > 0 ? ' again' : ''}.${again}`
  const who = work.kind === undefined ? 'an agent' : article(work.kind)
  return `${name} waits for ${who} who can ${work.capability}.${again}`
}

const article = (kind: 'robot' | 'human' | 'ai'): string => ({ robot: 'a robot', human: 'a person', ai: 'an AI agent' })[kind]

const runningSentence = (step: StepState, name: string): string => {
  const { awaits } = step
  if (awaits?.kind === 'approval') return approvalSentence(step, awaits, name)
  if (awaits?.kind === 'signal') return `${name} waits for the signal “${awaits.signal}”.`
  if (awaits?.kind === 'time') return `${name} waits until ${awaits.until}.`
  if (awaits?.kind === 'step') return `${name} waits for ${awaits.step} of ${awaits.key} at ${awaits.home}.`
  if (awaits?.kind === 'barrier') return `${name} waits at the barrier “${awaits.barrier}” until ${awaits.parties} have arrived.`
  if (awaits?.kind === 'workflow') return `${name} waits for ${awaits.key} at ${awaits.home} to end.`
  if (awaits?.kind === 'child') return `${name} waits for the workflow it started, ${awaits.workflow}, to end.`
  return step.agent === undefined ? `${name} is running.` : `${step.agent} is working on ${name}.`
}

const reviewSentence = ({ error }: StepState, queue: string, name: string): string =>
  `${name} waits for somebody in ${queue} to say what becomes of it${error === undefined ? '' : ` (${error.message})`}.`

const approvalSentence = ({ voices = [] }: StepState, { queue, needed, role }: ApprovalAwaited, name: string): string => {
  const who = role === undefined ? queue : `whoever is ${role}, in ${queue}`
  const how = needed === 1 ? 'the approval' : `${needed} approvals (${voices.length} given)`
  return `${name} waits for ${how} of ${who}.`
}

const reason = (state: WorkflowState): string => state.turnedBack?.error.message ?? 'no reason recorded'

const at = (definition: CompiledDefinition, state: WorkflowState): string => {
  const step = state.turnedBack?.step === undefined ? undefined : state.steps[state.turnedBack.step]
  return step === undefined ? '' : ` at ${stepName(definition, step)}`
}

const without = (definition: CompiledDefinition, state: WorkflowState): string => {
  const names = stepsGivenUp(definition, state).map((ref) => definition.steps[ref]?.id ?? '?')
  return names.length === 0 ? '' : ` Given up: ${names.join(', ')}.`
}

const undone = (state: WorkflowState): string => {
  const count = state.steps.filter((step) => step.status === 'compensated').length
  return count === 0 ? '' : ` ${count} completed ${count === 1 ? 'step was' : 'steps were'} undone.`
}
