/** The words for where a workflow and a step stand (SM-1, SM-6). */
import { STEP_STANDS } from '../definition/lifecycle.ts'

/** What the log records about a workflow as a whole; the finer path is derived from its steps, so the two can't disagree. */
export const WORKFLOW_STATUSES = ['pending', 'active', 'paused', 'completed', 'failed', 'cancelled'] as const
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number]

export const STATUS_PATHS = [
  'pending',
  'active.initializing',
  'active.executing.step_preparation',
  'active.executing.step_execution',
  'active.executing.step_validation',
  'active.executing.step_cleanup',
  'active.waiting_for_resource',
  'active.synchronizing',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const
export type ActivityPath = (typeof STATUS_PATHS)[number]

/** What is shown: a stage of the definition's own lifecycle takes the place of what `active` otherwise holds. */
export type StatusPath = ActivityPath | `active.${string}`

export const STEP_STATUSES = ['pending', ...STEP_STANDS] as const
export type StepStatus = (typeof STEP_STATUSES)[number]

export const isTerminal = (status: WorkflowStatus): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'

/** Nothing more will happen to the step unless the workflow turns back. */
export const isSettled = (status: StepStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'skipped' || status === 'cancelled' || status === 'compensated'
