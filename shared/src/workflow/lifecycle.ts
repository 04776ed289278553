/**
 * The two transition tables, total by type: a missing cell does not compile (SM-2).
 * A cell holds the next status, or `null` where the event changes nothing in that status; `evolve` never throws.
 *
 *   workflow   pending ──started──▶ active ⇄ paused          active ──▶ completed | failed | cancelled
 *   step       pending ─▶ ready ─▶ offered ─▶ running ─▶ validating ─▶ succeeded ─▶ compensating ─▶ compensated
 *              ready, offered, running, validating ──attempt-failed──▶ ready (again) | failed | cancelled
 */
import type { Decision } from './command.ts'
import type { WorkflowEvent } from './event.ts'
import type { StepStatus, WorkflowStatus } from './status.ts'

export type LifecycleEvent = Extract<
  WorkflowEvent['type'],
  'started' | 'paused' | 'resumed' | 'turned-back' | 'completed' | 'failed' | 'cancelled'
>

export const WORKFLOW_TABLE: Readonly<Record<WorkflowStatus, Readonly<Record<LifecycleEvent, WorkflowStatus | null>>>> = {
  pending: {
    started: 'active',
    paused: null,
    resumed: null,
    'turned-back': 'active',
    completed: null,
    failed: 'failed',
    cancelled: 'cancelled',
  },
  active: {
    started: null,
    paused: 'paused',
    resumed: null,
    'turned-back': 'active',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  // Turning back ends a pause: what is done must be undone, which needs work to go on.
  paused: {
    started: null,
    paused: null,
    resumed: 'active',
    'turned-back': 'active',
    completed: 'completed',
    failed: 'failed',
    cancelled: 'cancelled',
  },
  completed: { started: null, paused: null, resumed: null, 'turned-back': null, completed: null, failed: null, cancelled: null },
  failed: { started: null, paused: null, resumed: null, 'turned-back': null, completed: null, failed: null, cancelled: null },
  cancelled: { started: null, paused: null, resumed: null, 'turned-back': null, completed: null, failed: null, cancelled: null },
}

export type StepEvent = Extract<WorkflowEvent, { readonly ref: number }>['type']

type StepRow = Readonly<Record<StepEvent, StepStatus | null>>

/** A row in which nothing moves; the others name what differs. Late results are facts kept beside the status. */
const STILL: StepRow = {
  'step-ready': null,
  'step-skipped': null,
  'step-cancelled': null,
  'resource-awaited': null,
  'fanned-out': null,
  offered: null,
  declined: null,
  running: null,
  validating: null,
  'step-succeeded': null,
  'attempt-failed': null,
  'step-failed': null,
  stopped: null,
  compensating: null,
  compensated: null,
  'compensation-failed': null,
  'late-result': null,
}

const LEAVING = { 'step-cancelled': 'cancelled', 'step-failed': 'failed' } as const
const ENDING = { ...LEAVING, 'attempt-failed': 'ready', validating: 'validating', 'step-succeeded': 'succeeded' } as const

export const STEP_TABLE: Readonly<Record<StepStatus, StepRow>> = {
  pending: { ...STILL, ...LEAVING, 'step-ready': 'ready', 'step-skipped': 'skipped' },
  // A result may overtake its own re-offer: the first attempt's success still counts while no other has begun.
  ready: {
    ...STILL,
    ...ENDING,
    'attempt-failed': 'ready',
    'resource-awaited': 'waiting_for_resource',
    'fanned-out': 'running',
    offered: 'offered',
    running: 'running',
  },
  waiting_for_resource: { ...STILL, ...LEAVING, 'step-ready': 'ready', offered: 'offered', running: 'running' },
  offered: { ...STILL, ...ENDING, running: 'running', declined: 'ready', stopped: 'cancelled' },
  running: { ...STILL, ...ENDING, stopped: 'cancelled' },
  validating: { ...STILL, ...ENDING, validating: null },
  succeeded: { ...STILL, compensating: 'compensating' },
  // What seemed lost may turn out to have been done after all; then it is undone like anything else.
  failed: { ...STILL, compensating: 'compensating' },
  cancelled: { ...STILL, compensating: 'compensating' },
  skipped: STILL,
  compensating: {
    ...STILL,
    offered: 'compensating',
    declined: 'compensating',
    running: 'compensating',
    'attempt-failed': 'compensating',
    compensated: 'compensated',
    'compensation-failed': 'failed',
  },
  compensated: STILL,
}

type DecisionType = Decision['type']

/** Which decisions a workflow takes in which status; `absent` is before its creation. */
export const DECISION_TABLE: Readonly<Record<WorkflowStatus | 'absent', Readonly<Record<DecisionType, 'allowed' | 'refused'>>>> = {
  absent: { create: 'allowed', pause: 'refused', resume: 'refused', cancel: 'refused', 'set-priority': 'refused' },
  pending: { create: 'allowed', pause: 'refused', resume: 'refused', cancel: 'allowed', 'set-priority': 'allowed' },
  active: { create: 'allowed', pause: 'allowed', resume: 'refused', cancel: 'allowed', 'set-priority': 'allowed' },
  paused: { create: 'allowed', pause: 'refused', resume: 'allowed', cancel: 'allowed', 'set-priority': 'allowed' },
  completed: { create: 'allowed', pause: 'refused', resume: 'refused', cancel: 'refused', 'set-priority': 'refused' },
  failed: { create: 'allowed', pause: 'refused', resume: 'refused', cancel: 'refused', 'set-priority': 'refused' },
  cancelled: { create: 'allowed', pause: 'refused', resume: 'refused', cancel: 'refused', 'set-priority': 'refused' },
}

/** The decisions that would be taken, for the message of one that is not. */
export const legalDecisions = (status: WorkflowStatus | 'absent'): readonly DecisionType[] => {
  const legal: DecisionType[] = []
  for (const type of ['create', 'pause', 'resume', 'cancel', 'set-priority'] as const) {
    if (type !== 'create' || status === 'absent') if (DECISION_TABLE[status][type] === 'allowed') legal.push(type)
  }
  return legal
}
