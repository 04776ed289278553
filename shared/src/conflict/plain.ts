/** A workflow and its steps as rules see them. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { JsonObject } from '../values/json.ts'
import { attemptOf, purposeOf, stepName } from '../workflow/attempt.ts'
import type { StepState, WorkflowState } from '../workflow/state.ts'
import { inputOf } from '../workflow/step-wants.ts'

export const plainWorkflow = (id: string, state: WorkflowState): JsonObject => {
  const { home, key, name: definition, version, title, priority, status, input, createdAt, createdBy } = state
  const deadline = state.deadline === undefined ? {} : { deadline: state.deadline.breachAt }
  return { id, home, key, definition, version, title, priority, status, input, createdAt, createdBy, ...deadline }
}

/** What a rule may ask of a step about to begin; `kind` and `capability` are those of a task, empty where nobody is needed. */
export const plainStep = (definition: CompiledDefinition, state: WorkflowState, step: StepState): JsonObject => {
  const spec = attemptOf(definition, step, purposeOf(step))?.spec
  const work = spec?.work
  const isTask = work?.type === 'task'
  return {
    id: stepName(definition, step),
    type: work?.type ?? '',
    capability: isTask ? work.capability : '',
    kind: isTask ? (work.kind ?? '') : '',
    purpose: purposeOf(step),
    attempt: step.attempt + 1,
    since: step.since,
    input: inputOf(state, step),
    needs: (spec?.needs ?? []).map(({ resource }) => resource),
  }
}
