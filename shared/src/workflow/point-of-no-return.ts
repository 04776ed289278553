/** From the definition's point of no return on, nobody's will takes back what was done. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import type { WorkflowState } from './state.ts'

/** Cancelling is in time until the definition's point of no return has begun. */
export const pastPointOfNoReturn = (definition: CompiledDefinition, state: WorkflowState): Refusal | undefined => {
  const { pointOfNoReturn } = definition.definition.cancel
  const ref = pointOfNoReturn === undefined ? undefined : definition.numberOf.get(pointOfNoReturn)
  const status = ref === undefined ? undefined : state.steps[ref]?.status
  if (status !== 'running' && status !== 'validating' && status !== 'succeeded') return undefined
  const how = status === 'succeeded' ? 'is done' : 'has begun'
  return refusal('give-up', 'past-point-of-no-return', `${pointOfNoReturn} ${how}; from there on it can't be cancelled.`, {
    step: pointOfNoReturn ?? null,
  })
}

/** Going back on these steps is as late as cancelling when the point of no return is among them. */
export const scopePastNoReturn = (definition: CompiledDefinition, state: WorkflowState, scope: readonly number[]): Refusal | undefined => {
  const { pointOfNoReturn } = definition.definition.cancel
  const ref = pointOfNoReturn === undefined ? undefined : definition.numberOf.get(pointOfNoReturn)
  return ref !== undefined && scope.includes(ref) ? pastPointOfNoReturn(definition, state) : undefined
}
