/**
 * Taking up again (EX-9). A retry resets what failed, what was cancelled because of it and what was undone; completed steps that were not
 * undone keep their outputs. Where a workflow went on without something, that alone is tried again. Undoing a completed workflow is what
 * its parent asks for when it goes back itself.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { rewind } from './going-back.ts'
import { stepNamed } from './naming.ts'
import { givenUpAgain, keptBetween, stepsGivenUp, stepsToRetry } from './retriable.ts'
import { isTerminal } from './status.ts'

export const retry = (draft: Draft, reason: string, step?: string): Refusal | undefined => {
  const { definition, state } = draft
  if (state.status === 'failed') {
    const refs = stepsToRetry(definition, state)
    draft.emit({ type: 'reopened', reason })
    rewind(draft, refs, keptBetween(definition, state, refs))
    return undefined
  }
  const left = stepsGivenUp(definition, state)
  const found = step === undefined ? undefined : stepNamed(definition, state, step)
  if (found?.ok === false) return found.error
  const wanted = found === undefined ? left : left.filter((ref) => ref === found.value.ref)
  if (wanted.length === 0) return refusal('give-up', 'nothing-to-retry', `${step ?? 'No step'} was given up.`)
  if (isTerminal(state.status)) draft.emit({ type: 'reopened', reason })
  rewind(draft, givenUpAgain(definition, state, wanted))
}

export const undoAll = (draft: Draft, reason: string): undefined => {
  draft.emit({ type: 'reopened', reason })
  draft.emit({ type: 'turned-back', outcome: 'cancelled', error: stepError('undone', reason), compensate: true })
}
