/**
 * Asking a person (RES-7, EX-14). A step that would have failed for good waits in a named queue; one answer settles it:
 *
 *   continue   it has succeeded, with the person's output or the one that was doubted
 *   retry      it is done again, with all the attempts its policy gives
 *   skip       the workflow goes on as if it had succeeded with nothing
 *   fail       it has failed, with all that follows
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { makeItemReady, makeReady } from './arrive.ts'
import { specOf } from './attempt.ts'
import type { Review } from './command.ts'
import { type Draft, unusable } from './draft.ts'
import { stepError } from './errors.ts'
import { failForGood } from './failure.ts'
import { linksSent } from './links.ts'
import { stepNamed } from './naming.ts'
import { countSuccess } from './outcome.ts'
import type { StepState } from './state.ts'
import { turnBack } from './turn-back.ts'

export const review = (draft: Draft, { step: name, answer, output, comment }: Review): Refusal | undefined => {
  const found = stepNamed(draft.definition, draft.state, name)
  if (!found.ok) return found.error
  const { ref, step } = found.value
  if (step.review === undefined) {
    return refusal('give-up', 'no-review-wanted', `Nobody is asked about ${name}: it is ${step.status}.`)
  }
  const problem = output === undefined ? undefined : unusable(output)
  if (problem !== undefined) return refusal('fix-request', 'output-unusable', `The output can't be kept: ${problem}.`)
  draft.emit({ type: 'reviewed', ref, answer, comment })
  switch (answer) {
    case 'continue':
      countSuccess(draft, ref, output ?? step.output ?? null)
      return undefined
    case 'retry':
      if (step.item === undefined) makeReady(draft, ref, specOf(draft.definition, step))
      else makeItemReady(draft, ref)
      return undefined
    case 'skip':
      skip(draft, ref, step)
      return undefined
    case 'fail':
      failForGood(draft, ref, step.error ?? stepError('rejected', comment))
      return undefined
  }
}

const skip = (draft: Draft, ref: number, step: StepState): void => {
  if (step.item !== undefined) return draft.emit({ type: 'step-skipped', ref, sent: [] })
  const sent = linksSent(draft, specOf(draft.definition, step), 'succeeded', null)
  draft.emit({ type: 'step-skipped', ref, sent: sent.ok ? sent.value : [] })
  if (!sent.ok) turnBack(draft, 'failed', sent.error, ref)
}
