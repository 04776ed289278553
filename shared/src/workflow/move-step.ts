/**
 * What an event writes into the one step it names, for `evolve`: its own particulars, and nothing of what belonged only to the status that
 * the step leaves. The status itself is the table's to say.
 */
import { attemptMark, purposeOf } from './attempt.ts'
import type { EventOf, WorkflowEvent } from './event.ts'
import { beginUndoAttempts } from './rewound.ts'
import type { StepState, Writable } from './state.ts'

/** A late result moves nothing: it is kept beside the status. */
export type MovingEvent = Exclude<Extract<WorkflowEvent, { readonly ref: number }>, EventOf<'late-result'>>
type NextStep = Writable<StepState>

/** Writes the event's own particulars; what belonged only to the status the step leaves is dropped. */
export const moveStep = (step: NextStep, event: MovingEvent, by: string): void => {
  switch (event.type) {
    case 'step-ready':
      calm(step)
      step.voices = undefined
      if (event.input !== undefined) step.input = event.input
      return
    case 'offered':
      return offer(step, event)
    case 'running':
      return run(step, event)
    case 'fanned-out':
    case 'items-resumed':
      settle(step)
      step.dueAt = event.dueAt
      if (step.items !== undefined) step.items = { first: step.items.first, count: step.items.count, open: step.items.open }
      return
    case 'validating':
      settle(step)
      step.output = event.output
      step.answered = step.attempt
      return
    case 'step-succeeded':
      return succeed(step, event)
    case 'attempt-failed':
      waitAgain(step, event.retryAt)
      step.failures += 1
      step.error = event.error
      return
    case 'declined':
      forgetOffer(step, event)
      return waitAgain(step, event.retryAt)
    case 'step-failed':
    case 'compensation-failed':
      settle(step)
      step.error = event.error
      return
    case 'resource-awaited':
      return awaitResource(step, event)
    case 'review-wanted':
      settle(step)
      step.review = { queue: event.queue }
      step.error = event.error
      return
    case 'reviewed':
      settle(step)
      step.failures = 0
      return
    case 'approval-given':
      step.voices = [...(step.voices ?? []), { by, approved: event.approved, comment: event.comment }]
      return
    case 'discarded':
      step.discarded = true
      return
    case 'step-skipped':
      settle(step)
      // Somebody went on without it: later steps find nothing there, not that it is missing.
      if (event.sent !== undefined) step.output = null
      return
    case 'compensating':
      return beginUndoing(step, event)
    default:
      settle(step)
  }
}

const offer = (step: NextStep, { attempt, agent }: EventOf<'offered'>): void => {
  calm(step)
  step.attempt = attempt
  step.agent = agent
  step.offered = { ...step.offered, [attemptMark({ attempt, purpose: purposeOf(step) })]: agent }
  if (step.status === 'compensating') step.phase = 'offered'
}

/** A step may be declined for hours: what was not taken needs no memory. */
const forgetOffer = (step: NextStep, { attempt }: EventOf<'declined'>): void => {
  const { [attemptMark({ attempt, purpose: purposeOf(step) })]: _, ...offered } = step.offered ?? {}
  step.offered = offered
}

const run = (step: NextStep, event: EventOf<'running'>): void => {
  settle(step)
  step.attempt = event.attempt
  step.dueAt = event.dueAt
  step.awaits = event.awaits
  if (step.status === 'compensating') step.phase = 'running'
}

/** An output that was checked stands on record already; one that is absent is null, whatever an earlier attempt had said. */
const succeed = (step: NextStep, { output: said }: EventOf<'step-succeeded'>): void => {
  const isChecked = step.status === 'validating'
  const checked = isChecked || step.alreadyDone ? step.output : undefined
  settle(step)
  step.output = said ?? checked
  step.doneLate = undefined
  step.alreadyDone = undefined
  // Where a person said so instead of the attempt, that attempt has still to be heard of; one that was checked has been.
  if (!isChecked) step.answered = step.attempt
}

const waitAgain = (step: NextStep, retryAt: number): void => {
  calm(step)
  step.notBefore = retryAt
  if (step.status === 'compensating') step.phase = 'ready'
}

/** It keeps its place in the queue, whatever it comes to wait for. */
const awaitResource = (step: NextStep, { resource, shortage }: EventOf<'resource-awaited'>): void => {
  const queuedAt = step.queuedAt ?? step.notBefore ?? step.since
  calm(step)
  step.resource = resource
  step.shortage = shortage
  step.queuedAt = queuedAt
  if (step.status === 'compensating') step.phase = 'ready'
}

const beginUndoing = (step: NextStep, { input }: EventOf<'compensating'>): void => {
  calm(step)
  step.doneLate = undefined
  step.alreadyDone = undefined
  step.phase = 'ready'
  beginUndoAttempts(step)
  step.failures = 0
  if (input !== undefined) step.input = input
}

/** Drops agent, deadline, back-off and what it awaited: those belong to one status only. */
const calm = (step: NextStep): void => {
  settle(step)
  step.agent = undefined
}

/** As `calm`, but it stays on record which agent did it. */
const settle = (step: NextStep): void => {
  step.dueAt = undefined
  step.notBefore = undefined
  step.awaits = undefined
  step.resource = undefined
  step.shortage = undefined
  step.queuedAt = undefined
  step.phase = undefined
  step.review = undefined
}
