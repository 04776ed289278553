/** What a checkpoint leaves in the state, for `evolve`. */
import type { EventOf } from './event.ts'
import type { WorkflowState, Writable } from './state.ts'

/** Older ones are still in the log, and it can be gone back to any position of that. */
export const MAX_CHECKPOINTS = 20

export const noteCheckpoint = (next: Writable<WorkflowState>, { name }: EventOf<'checkpointed'>, at: number): void => {
  const { length: position, completions } = next
  next.checkpoints = [...next.checkpoints.slice(1 - MAX_CHECKPOINTS), { name, at, position, completions }]
}
