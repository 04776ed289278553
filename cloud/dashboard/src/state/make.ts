/** Values for tests: plausible, and different only where a test says so. */
import type { FacilityView, WorkflowSummary } from '../api/types.ts'

export const makeWorkflow = (given: Partial<WorkflowSummary> & { readonly id: string }): WorkflowSummary => ({
  facility: 'lyon',
  key: given.id,
  title: `Workflow ${given.id}`,
  definition: { name: 'order', version: 1, hash: 'a1b2' },
  status: 'active.executing.step_execution',
  pending: false,
  priority: 'normal',
  progress: { settled: 1, total: 4, percent: 25 },
  explain: 'Running.',
  createdAt: 0,
  updatedAt: 0,
  proposals: 0,
  conflicts: 0,
  asOf: 0,
  behind: false,
  ...given,
})

export const makeFacility = (given: Partial<FacilityView> & { readonly id: string }): FacilityView => ({
  title: given.id,
  connected: true,
  workflows: { open: 0, completed: 0, failed: 0, cancelled: 0 },
  ...given,
})
