/**
 * Recovering (PER-5): by itself, as the definition says, before a failure takes the workflow back; or as an operator says.
 *
 *   retry      what failed is done again
 *   rollback   back to before a step, or over the steps that completed last, and on from there
 *   restore    back to a checkpoint, and on from there
 *   manual     a person is asked about what failed
 */
import type { RecoveryPolicy } from '../definition/failure-policy.ts'
import { ok } from '../values/result.ts'
import type { Draft } from './draft.ts'
import type { StepError } from './event.ts'
import { backOver, backTo, backToCheckpoint, scopeOf, type WayBack } from './rollback.ts'

/** Whether the engine goes another way; `ref` has failed, and nothing took it over. */
export const isRecovered = (draft: Draft, ref: number, error: StepError): boolean => {
  const { recovery } = draft.definition.definition
  if (recovery === undefined || draft.state.turnedBack !== undefined || draft.state.recoveries >= recovery.attempts) return false
  if (recovery.strategy === 'manual') {
    draft.emit({ type: 'recovering', step: ref, strategy: 'manual' })
    draft.emit({ type: 'review-wanted', ref, queue: recovery.queue, error })
    return true
  }
  const way = wayBack(draft, recovery)
  const scope = way.ok ? scopeOf(draft, [...way.value, ref]) : way
  if (!scope.ok) return false
  draft.emit({ type: 'recovering', step: ref, strategy: recovery.strategy })
  draft.emit({ type: 'turned-back', outcome: 'rewound', error, compensate: true, step: ref, scope: scope.value })
  return true
}

const wayBack = (draft: Draft, recovery: Exclude<RecoveryPolicy, { strategy: 'manual' }>): WayBack => {
  switch (recovery.strategy) {
    case 'retry':
      return ok([])
    case 'restore':
      return backToCheckpoint(draft)
    case 'rollback':
      return 'to' in recovery ? backTo(draft, recovery.to) : backOver(draft, recovery.steps)
  }
}
