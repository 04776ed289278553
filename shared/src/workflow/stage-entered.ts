/** What entering a stage leaves in the state, for `evolve`. */
import type { EventOf } from './event.ts'
import type { WorkflowState, Writable } from './state.ts'

export const enterStage = (next: Writable<WorkflowState>, { stage, step, signal }: EventOf<'stage-entered'>): void => {
  if (next.status !== 'active' && next.status !== 'paused') return
  next.stage = stage
  const cause = step === undefined ? undefined : next.steps[step]
  if (step !== undefined && cause !== undefined) next.steps = next.steps.with(step, { ...cause, ledOn: true })
  if (signal !== undefined) next.signals = next.signals.map((each) => (each.id === signal ? { ...each, ledOn: true as const } : each))
}
