/**
 * The hard end (EX-7): the workflow is over at once and nothing is undone. Whoever is at work is told to stop, as always when nobody
 * wants a task any more; what they did all the same is kept as late work.
 */
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { isSettled } from './status.ts'

export const terminate = (draft: Draft, reason: string): undefined => {
  const error = stepError('terminated', reason)
  draft.emit({ type: 'turned-back', outcome: 'cancelled', error, compensate: false })
  draft.state.steps.forEach((step, ref) => {
    if (step.status === 'compensating') draft.emit({ type: 'compensation-failed', ref, error })
    else if (!isSettled(draft.step(ref)?.status ?? step.status)) draft.emit({ type: 'step-cancelled', ref })
  })
}
