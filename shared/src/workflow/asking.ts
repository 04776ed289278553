/** When a person is asked, instead of letting a step fail: as its definition says, as long as anybody still wants the step. */
import { specOf } from './attempt.ts'
import type { Draft } from './draft.ts'
import type { StepError } from './event.ts'
import { stopReason } from './scope.ts'

export const isReviewed = (draft: Draft, ref: number, error: StepError): boolean => {
  const step = draft.step(ref)
  if (step === undefined || stopReason(draft.state, ref, step) !== undefined) return false
  const spec = specOf(draft.definition, step)
  const policy = step.item === undefined ? spec.spec.review : spec.each?.spec.review
  const occasion = error.code === 'output-invalid' ? 'invalid-output' : 'failure'
  if (policy === undefined || !policy.on.includes(occasion)) return false
  draft.emit({ type: 'review-wanted', ref, queue: policy.queue, error })
  return true
}
