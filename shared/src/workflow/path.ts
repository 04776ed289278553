/**
 * Where a workflow stands, as a path (SM-1). Derived from the steps each time, so it can't disagree with them:
 *
 *   active.executing.step_cleanup       something is being undone, or told to stop
 *   active.executing.step_validation    an output is being checked
 *   active.executing.step_execution     somebody works
 *   active.waiting_for_resource         nothing runs; a step waits for a resource
 *   active.synchronizing                nothing runs; a step waits for a signal, a time or another workflow
 *   active.executing.step_preparation   steps are ready, nobody has them yet
 *   active.initializing                 created and not a step begun
 *
 * Where the definition has a lifecycle of its own, the path is `active.<stage>`, and what the steps tell goes beside it.
 */
import type { StepState, WorkflowState } from './state.ts'
import type { ActivityPath, StatusPath } from './status.ts'

export const statusPath = (state: WorkflowState): StatusPath =>
  state.status === 'active' && state.stage !== undefined ? `active.${state.stage}` : activityPath(state)

/** Where it stands by what its steps do, whatever stages its definition has. */
export const activityPath = (state: WorkflowState): ActivityPath => {
  if (state.status !== 'active') return state.status
  if (state.turnedBack !== undefined || state.steps.some((step) => step.status === 'compensating')) return 'active.executing.step_cleanup'
  return activePath(state.steps)
}

const activePath = (steps: readonly StepState[]): ActivityPath => {
  let waitsForResource = false
  let synchronizes = false
  let prepares = false
  let executes = false
  let begun = false
  for (const step of steps) {
    if (step.status !== 'pending') begun = true
    if (step.status === 'validating') return 'active.executing.step_validation'
    if (step.status === 'waiting_for_resource') waitsForResource = true
    else if (step.status === 'ready' || step.status === 'offered') prepares = true
    else if (step.status === 'running' && step.awaits !== undefined) synchronizes = true
    else if (step.status === 'running' && step.items === undefined) executes = true
  }
  if (executes) return 'active.executing.step_execution'
  if (prepares) return 'active.executing.step_preparation'
  if (waitsForResource) return 'active.waiting_for_resource'
  if (synchronizes) return 'active.synchronizing'
  // Between two events of one turn nothing may be at work, although the workflow is long under way.
  return begun ? 'active.executing.step_preparation' : 'active.initializing'
}

export type Progress = {
  readonly settled: number
  readonly total: number
  readonly percent: number
}

/** Steps settled of all known; a map's items count as soon as they are fanned out. */
export const progress = (state: WorkflowState): Progress => {
  const total = state.steps.length
  const settled = total - state.open
  const ended = state.status === 'completed' || state.status === 'failed' || state.status === 'cancelled'
  return { settled, total, percent: ended ? 100 : total === 0 ? 0 : Math.floor((100 * settled) / total) }
}
