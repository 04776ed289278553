/** How attempts and steps end, whatever reported the end. */
import { nextAttempt } from '../policy/retry.ts'
import type { Json } from '../values/json.ts'
import { attemptOf, purposeOf, specOf, taskId } from './attempt.ts'
import { type Draft, expressionError } from './draft.ts'
import { stepError } from './errors.ts'
import type { StepError } from './event.ts'
import { linksSent } from './links.ts'
import { isEnding, isGoingBack } from './scope.ts'
import type { StepState } from './state.ts'
import { isTerminal } from './status.ts'

/** The forward work of a step is done: check the output, then let it count. */
export const succeedStep = (draft: Draft, ref: number, output: Json): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, 'forward')
  if (step === undefined || work === undefined) return
  const { validate } = work
  if (validate === undefined) return countSuccess(draft, ref, step, output, false)
  draft.emit({ type: 'validating', ref, output })
  const valid = validate.evaluate(draft.variables({ output, item: step.element ?? null, index: step.item ?? null }))
  if (!valid.ok) return failStep(draft, ref, expressionError(validate, valid.error))
  if (valid.value === true) return countSuccess(draft, ref, step, output, true)
  failAttempt(draft, ref, stepError('output-invalid', `the output does not satisfy \`${validate.source}\``, true))
}

const countSuccess = (draft: Draft, ref: number, step: StepState, output: Json, recorded: boolean): void => {
  const turned = isGoingBack(draft.state, ref)
  const links = step.item !== undefined || turned ? [] : linksSent(draft, specOf(draft.definition, step), 'succeeded', output)
  const sent = Array.isArray(links) ? { ok: true as const, value: links } : links
  const value = sent.ok ? sent.value : []
  draft.emit(
    recorded || output === null ? { type: 'step-succeeded', ref, sent: value } : { type: 'step-succeeded', ref, sent: value, output },
  )
  // The work is done and stays done; it is the way on that can't be found.
  if (!sent.ok) turnBack(draft, 'failed', sent.error, ref)
}

/** One attempt failed: try again as the policy says, else the step (or its compensation) has failed for good. */
export const failAttempt = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, purposeOf(step))
  if (step === undefined || work === undefined) return
  if (stopReason(draft.state, ref, step) !== undefined) return draft.emit({ type: 'step-cancelled', ref })
  const seed = taskId(draft.workflow, { ref, attempt: step.attempt, purpose: purposeOf(step) })
  const again = nextAttempt(work.spec.retry, { attempt: step.failures + 1, error, seed })
  if (again.again) {
    return draft.emit({ type: 'attempt-failed', ref, attempt: Math.max(1, step.attempt), error, retryAt: draft.now.wall + again.delayMs })
  }
  if (purposeOf(step) === 'compensate') draft.emit({ type: 'compensation-failed', ref, error })
  else failStep(draft, ref, error)
}

export const failStep = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  if (step.item !== undefined || isGoingBack(draft.state, ref)) return draft.emit({ type: 'step-failed', ref, error, sent: [] })
  const sent = linksSent(draft, specOf(draft.definition, step), 'failed', null)
  const links = sent.ok ? sent.value : []
  draft.emit({ type: 'step-failed', ref, error, sent: links })
  if (links.length === 0) turnBack(draft, 'failed', sent.ok ? error : sent.error, ref)
}

export const turnBack = (draft: Draft, outcome: 'failed' | 'cancelled', error: StepError, step?: number): void => {
  if (isEnding(draft.state) || isTerminal(draft.state.status)) return
  const compensate = outcome === 'cancelled' || draft.definition.definition.onFailure === 'compensate'
  draft.emit({ type: 'turned-back', outcome, error, compensate, ...(step === undefined ? {} : { step }) })
}

/** Why an agent at work on this step should stop, if it should: nobody will use what it does. */
export const stopReason = (state: Draft['state'], ref: number, step: StepState): string | undefined => {
  if (step.status === 'compensating') return undefined
  if (isGoingBack(state, ref)) return state.turnedBack?.error.message
  const parent = step.parent === undefined ? undefined : state.steps[step.parent]
  return parent?.status === 'failed' ? (parent.error?.message ?? 'a sibling failed') : undefined
}
