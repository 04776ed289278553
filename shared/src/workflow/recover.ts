/** Recovery as an operator decides it: one of the strategies of recovery.ts, for a workflow that failed or goes astray. */
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Recovery } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { rewind } from './going-back.ts'
import { keptBetween, stepsToRetry } from './retriable.ts'
import { retry } from './retry.ts'
import { backOver, backTo, backToCheckpoint, backToPosition, goBackOver } from './rollback.ts'

export const recover = (draft: Draft, recovery: Recovery): Refusal | undefined => {
  const { reason } = recovery
  switch (recovery.strategy) {
    case 'retry':
      return retry(draft, reason)
    case 'rollback': {
      const way = recovery.to === undefined ? backOver(draft, recovery.steps ?? 1) : backTo(draft, recovery.to)
      return goBackOver(draft, way, stepError('rolled-back', reason))
    }
    case 'restore': {
      const { position, checkpoint } = recovery
      const way = position === undefined ? backToCheckpoint(draft, checkpoint) : backToPosition(draft, position)
      return goBackOver(draft, way, stepError('restored', reason))
    }
    case 'manual':
      return askAboutAll(draft, recovery.queue, reason)
  }
}

/** A person is asked about each step that failed; the rest waits for the answers as it would wait for the steps. */
const askAboutAll = (draft: Draft, queue: string, reason: string): Refusal | undefined => {
  const { definition, state } = draft
  if (state.status !== 'failed') return refusal('give-up', 'nothing-failed', 'It has not failed; there is nothing to ask about.')
  const again = stepsToRetry(definition, state)
  const failed = again.filter((ref) => state.steps[ref]?.status === 'failed' && state.steps[ref]?.parent === undefined)
  draft.emit({ type: 'reopened', reason })
  for (const ref of failed) {
    const error = state.steps[ref]?.error ?? stepError('failed', 'no reason recorded')
    draft.emit({ type: 'review-wanted', ref, queue, error })
  }
  const rest = again.filter((ref) => !failed.includes(ref) && !failed.includes(state.steps[ref]?.parent ?? -1))
  rewind(draft, rest, keptBetween(definition, state, again))
  return undefined
}
