/**
 * A step that needs a value which is not here fails for it, by name (EX-5). Values come with the entries that name them, so one is found
 * missing only where a log is read again: what an agent already works on has been given to it, and is not disturbed.
 */
import { MissingValue } from '../values/reference.ts'
import { attemptOf, calleeOf, purposeOf } from './attempt.ts'
import type { Draft } from './draft.ts'
import { valueMissing } from './errors.ts'
import { failAttempt } from './outcome.ts'
import type { StepState } from './state.ts'
import { inputOf } from './step-wants.ts'

export const failWithoutInput = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  if (step === undefined || !needsInput(draft, step)) return
  const input = inputOf(draft.state, step)
  if (input instanceof MissingValue) failAttempt(draft, ref, valueMissing(input))
}

/** It is to be handed to somebody, or a call that has to be made again after a restart. */
const needsInput = (draft: Draft, step: StepState): boolean => {
  const work = attemptOf(draft.definition, step, purposeOf(step))?.spec.work
  if (work === undefined) return false
  const isCall = calleeOf(work) !== undefined
  if (work.type !== 'task' && work.type !== 'workflow' && !isCall) return false
  const stage = step.status === 'compensating' ? step.phase : step.status
  return stage === 'ready' || stage === 'waiting_for_resource' || stage === 'offered' || (stage === 'running' && isCall)
}
