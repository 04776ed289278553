/** A workflow and its steps as rules see them. */
import type { JsonObject } from '../values/json.ts'
import type { WorkflowState } from '../workflow/state.ts'

export const plainWorkflow = (id: string, state: WorkflowState): JsonObject => {
  const { home, key, name: definition, version, title, priority, status, input, createdAt, createdBy } = state
  const deadline = state.deadline === undefined ? {} : { deadline: state.deadline.breachAt }
  return { id, home, key, definition, version, title, priority, status, input, createdAt, createdBy, ...deadline }
}
