/**
 * The status paths of SM-1 as an XState machine that takes the events of a recorded log:
 *
 *   pending ─▶ active ┬ initializing                       ─▶ completed │ failed │ cancelled
 *                     ├ executing ┬ step_preparation       ◀▶ paused
 *                     │           ├ step_execution
 *                     │           ├ step_validation
 *                     │           └ step_cleanup
 *                     ├ waiting_for_resource
 *                     └ synchronizing
 *
 * It keeps no steps, outputs or times, so it does less than our fold does; the comparison leans to its side.
 */
import { createMachine } from 'xstate'

const PREPARATION = '#workflow.active.executing.step_preparation'
const EXECUTION = '#workflow.active.executing.step_execution'
const VALIDATION = '#workflow.active.executing.step_validation'
const CLEANUP = '#workflow.active.executing.step_cleanup'

export const statusMachine = createMachine({
  id: 'workflow',
  initial: 'pending',
  states: {
    pending: { on: { started: 'active' } },
    active: {
      initial: 'initializing',
      on: {
        paused: 'paused',
        completed: 'completed',
        failed: 'failed',
        cancelled: 'cancelled',
        'turned-back': CLEANUP,
        'step-ready': PREPARATION,
        'resource-awaited': '.waiting_for_resource',
      },
      states: {
        initializing: {},
        executing: {
          initial: 'step_preparation',
          states: {
            step_preparation: { on: { offered: PREPARATION, running: EXECUTION } },
            step_execution: {
              on: { validating: VALIDATION, 'step-succeeded': PREPARATION, 'attempt-failed': PREPARATION },
            },
            step_validation: { on: { 'step-succeeded': PREPARATION, 'attempt-failed': PREPARATION } },
            step_cleanup: {},
          },
        },
        waiting_for_resource: {},
        synchronizing: {},
      },
    },
    paused: { on: { resumed: 'active', cancelled: 'cancelled' } },
    completed: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
  },
})
