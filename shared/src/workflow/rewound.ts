/**
 * What going back leaves behind, for `evolve`. A rewound step is as it was before it began, except for what the world may still speak of:
 * the numbers of its attempts go on growing and who was offered them is remembered, so that no report is taken for another.
 */
import { pendingStep } from './birth.ts'
import type { EventOf } from './event.ts'
import type { StepState, WorkflowState, Writable } from './state.ts'
import { isSettled } from './status.ts'

/** Taken up again as if it had not ended. */
export const reopen = (next: Writable<WorkflowState>, at: number): void => {
  next.turnedBack = undefined
  next.endedAt = undefined
  next.output = undefined
  next.reopenedAt = at
  next.retries = 0
  next.recoveries = 0
}

export const rewind = (next: Writable<WorkflowState>, { refs, links, kept = [] }: EventOf<'rewound'>, at: number): void => {
  const steps = next.steps.slice()
  for (const ref of refs) {
    const step = steps[ref]
    if (step === undefined) continue
    const again = fresh(step, at, next.length)
    steps[ref] = kept.includes(ref) ? { ...again, ...whatStays(step) } : again
  }
  for (const ref of refs) {
    const map = steps[ref]
    if (map?.items !== undefined) steps[ref] = { ...map, items: { ...map.items, open: openItems(steps, map.items), kept: true } }
  }
  next.steps = steps
  next.sent = next.sent.without(links)
  next.open = steps.filter(({ status }) => !isSettled(status)).length
}

/** What was done is still there to be used, and to be undone. */
const whatStays = ({ output, completion, doneBefore }: StepState) => ({ output, completion, doneBefore, alreadyDone: true as const })

const openItems = (steps: readonly StepState[], { first, count }: { readonly first: number; readonly count: number }): number =>
  steps.slice(first, first + count).filter(({ status }) => !isSettled(status)).length

const fresh = (step: StepState, since: number, position: number): StepState => {
  const { spec, item, parent, element, items, offered, answered, lastForward } = step
  const isLeftDone = step.completion !== undefined && step.status !== 'compensated'
  return {
    ...pendingStep(spec, since, position),
    item,
    parent,
    element,
    items,
    offered,
    attempt: lastForward ?? step.attempt,
    answeredBefore: answered === undefined ? step.answeredBefore : [...(step.answeredBefore ?? []), answered],
    lastUndo: lastForward === undefined ? step.lastUndo : step.attempt,
    doneBefore: isLeftDone ? true : step.doneBefore,
  }
}

/** A step may be undone, done again and undone again: the number of the next attempt to undo it. */
export const beginUndoAttempts = (step: Writable<StepState>): void => {
  if (step.lastForward !== undefined) return
  step.lastForward = step.attempt
  step.attempt = step.lastUndo ?? 0
}
