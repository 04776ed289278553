/** Steps that nobody in the world knows of, so that a word in the log is enough to cancel them. */
import type { Draft } from './draft.ts'
import type { StepState } from './state.ts'

export const isIdle = (step: StepState | undefined): boolean => {
  if (step === undefined) return false
  if (step.awaits?.kind === 'child') return step.awaits.leave
  if (step.status === 'running') return step.awaits !== undefined || (step.items !== undefined && step.items.open === 0)
  if (step.status === 'validating') return step.review !== undefined
  return step.status === 'pending' || step.status === 'ready' || step.status === 'waiting_for_resource'
}

/** Items that nobody works on yet; those at work are told to stop, because their map has settled. */
export const cancelIdle = (draft: Draft, items: { readonly first: number; readonly count: number }): void => {
  for (let ref = items.first; ref < items.first + items.count; ref += 1)
    if (isIdle(draft.step(ref))) draft.emit({ type: 'step-cancelled', ref })
}
