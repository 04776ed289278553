/**
 * What a failure for good leads to. In this order, each if the definition says so:
 *
 *   a person is asked, and the step waits for the answer (asking.ts, before anything here)
 *   a link takes the failure over
 *   the step is optional, or the workflow goes on without what can't be reached
 *   the engine recovers by itself (recovery.ts)
 *   its branch is gone back on and given up
 *   the workflow goes back, and ends failed
 */
import { specOf } from './attempt.ts'
import { branchOf } from './branch.ts'
import type { Draft } from './draft.ts'
import type { StepError } from './event.ts'
import { linksSent } from './links.ts'
import { isRecovered } from './recovery.ts'
import { isGoingBack } from './scope.ts'
import { turnBack } from './turn-back.ts'

export const failForGood = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  if (step.item !== undefined || isGoingBack(draft.state, ref)) return draft.emit({ type: 'step-failed', ref, error, sent: [] })
  const sent = linksSent(draft, specOf(draft.definition, step), 'failed', null)
  const links = sent.ok ? sent.value : []
  draft.emit({ type: 'step-failed', ref, error, sent: links })
  if (!sent.ok) turnBack(draft, 'failed', sent.error, ref)
  else if (links.length === 0) goOnWithout(draft, ref, error)
}

const goOnWithout = (draft: Draft, ref: number, error: StepError): void => {
  const { onFailure } = draft.definition.definition
  if (onFailure === 'continue' || draft.definition.steps[ref]?.spec.optional === true) return
  if (isRecovered(draft, ref, error)) return
  const scope = onFailure === 'compensate-branch' && draft.state.turnedBack === undefined ? branchOf(draft, ref) : undefined
  if (scope === undefined) turnBack(draft, 'failed', error, ref)
  else draft.emit({ type: 'turned-back', outcome: 'given-up', error, compensate: true, step: ref, scope })
}
