/**
 * Dead letters (RES-5): steps that failed for good and that nothing took over. They stay in the state with their error, and in the log with
 * every attempt, until they are done again or somebody discards them.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Draft } from './draft.ts'
import { stepNamed } from './naming.ts'
import { stepsGivenUp } from './retriable.ts'
import type { WorkflowState } from './state.ts'

/** Steps by number; a map's items are part of the map's. */
export const deadLetters = (definition: CompiledDefinition, state: WorkflowState): readonly number[] =>
  stepsGivenUp(definition, state).filter((ref) => {
    const step = state.steps[ref]
    return step?.status === 'failed' && step.discarded === undefined
  })

export const discard = (draft: Draft, name: string, reason: string): Refusal | undefined => {
  const found = stepNamed(draft.definition, draft.state, name)
  if (!found.ok) return found.error
  const { ref, step } = found.value
  if (step.discarded === true) return undefined
  if (!deadLetters(draft.definition, draft.state).includes(ref)) {
    return refusal('give-up', 'no-dead-letter', `${name} is ${step.status}; there is nothing to discard.`)
  }
  draft.emit({ type: 'discarded', ref, reason })
}
