/**
 * What was promised about ends (LIM-5). The promise runs from when a step first became ready, or the workflow was created; it is
 * set, warned of and broken by events, so that whoever reads the log alone knows it as well. Nothing is stopped by it.
 */
import { type Deadline, deadlineFrom, deadlineNews, deadlineWakesAt } from '../policy/deadline.ts'
import type { Draft } from './draft.ts'
import type { EventOf } from './event.ts'
import type { StepState, WorkflowState, Writable } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

type DeadlineEvent = EventOf<'deadline-set' | 'deadline-at-risk' | 'deadline-breached'>

/** Whose end is still to come, where one was promised. */
const running = ({ status, deadline }: StepState): Deadline | undefined =>
  isSettled(status) || status === 'compensating' ? undefined : deadline

export const promiseStep = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  const sla = step && step.item === undefined ? draft.definition.steps[step.spec]?.spec.sla : undefined
  if (sla !== undefined) draft.emit({ type: 'deadline-set', step: ref, ...deadlineFrom(sla, draft.now.wall) })
}

export const promiseWorkflow = (draft: Draft): void => {
  const { sla } = draft.definition.definition
  if (sla !== undefined) draft.emit({ type: 'deadline-set', ...deadlineFrom(sla, draft.now.wall) })
}

/** Says what has come due, each once. */
export const tellDeadlines = (draft: Draft): void => {
  const { state, now } = draft
  if (isTerminal(state.status)) return
  const whole = state.deadline && deadlineNews(state.deadline, now.wall)
  if (whole !== undefined) draft.emit({ type: `deadline-${whole}` })
  state.steps.forEach((step, ref) => {
    const deadline = running(step)
    const news = deadline && deadlineNews(deadline, now.wall)
    if (news !== undefined) draft.emit({ type: `deadline-${news}`, step: ref })
  })
}

/** The next moment at which a step's promise has to be looked at. */
export const stepDeadlineWakesAt = (step: StepState): number | undefined => {
  const deadline = running(step)
  return deadline && deadlineWakesAt(deadline)
}

/** The fold of these events; `next` is a copy that nobody else has seen. */
export const applyDeadline = (next: Writable<WorkflowState>, event: DeadlineEvent): void => {
  const before = event.step === undefined ? next.deadline : next.steps[event.step]?.deadline
  const deadline = changed(before, event)
  if (event.step === undefined) {
    next.deadline = deadline
    return
  }
  const step = next.steps[event.step]
  if (step === undefined) return
  const steps = next.steps.slice()
  steps[event.step] = { ...step, deadline }
  next.steps = steps
}

const changed = (before: Deadline | undefined, event: DeadlineEvent): Deadline | undefined => {
  switch (event.type) {
    case 'deadline-set': {
      const { breachAt, atRiskAt } = event
      return atRiskAt === undefined ? { breachAt } : { breachAt, atRiskAt }
    }
    case 'deadline-at-risk':
      return before && { ...before, said: 'at-risk' }
    case 'deadline-breached':
      return before && { ...before, said: 'breached' }
  }
}
