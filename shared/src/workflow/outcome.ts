/** How attempts and steps end, whatever reported the end. */
import { nextAttempt } from '../policy/retry.ts'
import type { Json } from '../values/json.ts'
import { ok } from '../values/result.ts'
import { isReviewed } from './asking.ts'
import { attemptOf, purposeOf, specOf, stepName, taskId } from './attempt.ts'
import { answerOf, type Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { StepError } from './event.ts'
import { failForGood } from './failure.ts'
import { linksSent } from './links.ts'
import { isGoingBack, stopReason } from './scope.ts'
import { turnBack } from './turn-back.ts'

/** The forward work of a step is done: check the output, then let it count. */
export const succeedStep = (draft: Draft, ref: number, output: Json): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, 'forward')
  if (step === undefined || work === undefined) return
  const { validate } = work
  if (validate === undefined) return countSuccess(draft, ref, output)
  draft.emit({ type: 'validating', ref, output })
  const valid = answerOf(validate, draft.variables({ output, item: step.element ?? null, index: step.item ?? null }))
  if (!valid.ok) return failStep(draft, ref, valid.error)
  if (valid.value === true) return countSuccess(draft, ref, output, true)
  failAttempt(draft, ref, stepError('output-invalid', `the output does not satisfy \`${validate.source}\``, true))
}

/** @param recorded the output stands in the log already */
export const countSuccess = (draft: Draft, ref: number, output: Json, recorded = false): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  const leadsOn = step.item === undefined && !isGoingBack(draft.state, ref)
  const links = leadsOn ? linksSent(draft, specOf(draft.definition, step), 'succeeded', output) : ok([])
  const sent = links.ok ? links.value : []
  draft.emit(recorded || output === null ? { type: 'step-succeeded', ref, sent } : { type: 'step-succeeded', ref, sent, output })
  // The work is done and stays done; it is the way on that can't be found.
  if (!links.ok) turnBack(draft, 'failed', links.error, ref)
}

/** One attempt failed: try again as the policy says, else the step (or its compensation) has failed for good. */
export const failAttempt = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, purposeOf(step))
  if (step === undefined || work === undefined) return
  if (stopReason(draft.state, ref, step) !== undefined) return draft.emit({ type: 'step-cancelled', ref })
  const seed = taskId(draft.workflow, { ref, attempt: step.attempt, purpose: purposeOf(step) })
  const budgetLeft = purposeOf(step) === 'forward' ? retriesLeft(draft) : undefined
  const again = nextAttempt(work.spec.retry, {
    attempt: step.failures + 1,
    error,
    seed,
    ...(budgetLeft === undefined ? {} : { budgetLeft }),
  })
  if (again.again) {
    return draft.emit({ type: 'attempt-failed', ref, attempt: Math.max(1, step.attempt), error, retryAt: draft.now.wall + again.delayMs })
  }
  if (purposeOf(step) === 'compensate') return failUndoing(draft, ref, error)
  const spent = again.why === 'budget-spent' ? `${error.message} (the workflow's budget of retries is spent)` : error.message
  failStep(draft, ref, stepError(error.code, spent, error.retryable))
}

/** Undoing is never given up for want of a budget. */
const retriesLeft = ({ definition, state }: Draft): number | undefined => {
  const { retryBudget } = definition.definition
  return retryBudget === undefined ? undefined : retryBudget - state.retries
}

/** The step has failed for good, unless a person is asked. */
export const failStep = (draft: Draft, ref: number, error: StepError): void => {
  if (!isReviewed(draft, ref, error)) failForGood(draft, ref, error)
}

/** One step could not be undone: the others are all the same, unless the definition says to halt. */
export const failUndoing = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  if (step === undefined || purposeOf(step) !== 'compensate') return
  draft.emit({ type: 'compensation-failed', ref, error })
  if (draft.definition.definition.compensation?.onError !== 'halt') return
  const why = stepError('undo-failed', `${stepName(draft.definition, step)} could not be undone: ${error.message}`)
  draft.emit({ type: 'turned-back', outcome: 'failed', error: why, compensate: false, step: ref })
}
