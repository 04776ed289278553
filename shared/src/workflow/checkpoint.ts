/**
 * Checkpoints (PER-4): points to come back to, by hand or as often as the definition says. The log keeps everything anyway; a checkpoint
 * says where it is worth going back to.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Draft } from './draft.ts'
import { runsSince, type WorkflowState } from './state.ts'
import { isTerminal } from './status.ts'

/** After so many completed steps, or when its time has come. */
export const keepCheckpoints = (draft: Draft): void => {
  const { state, definition } = draft
  const policy = definition.definition.checkpoints
  if (policy === undefined || state.turnedBack !== undefined || isTerminal(state.status)) return
  const isDue =
    'everySteps' in policy
      ? state.completions - (state.checkpoints.at(-1)?.completions ?? 0) >= policy.everySteps
      : (checkpointDueAt(definition, state) ?? Number.POSITIVE_INFINITY) <= draft.now.wall
  if (isDue) draft.emit({ type: 'checkpointed', name: `after-${state.completions}-steps` })
}

/** The moment of the next one by time; none while nothing has happened since the last. */
export const checkpointDueAt = (definition: CompiledDefinition, state: WorkflowState): number | undefined => {
  const policy = definition.definition.checkpoints
  if (policy === undefined || !('everyMs' in policy) || state.status !== 'active' || state.turnedBack !== undefined) return undefined
  const last = state.checkpoints.at(-1)
  if (last !== undefined && state.length === last.position + 1) return undefined
  return (last?.at ?? runsSince(state)) + policy.everyMs
}
