/**
 * The two transition tables, total by type: a missing cell does not compile (SM-2).
 * A cell holds the next status, or `null` where the event changes nothing in that status; `evolve` never throws.
 *
 *   workflow   pending ──started──▶ active ⇄ paused          active ──▶ completed | failed | cancelled
 *              completed, failed ──reopened──▶ active
 *   step       pending ─▶ ready ─▶ offered ─▶ running ─▶ validating ─▶ succeeded ─▶ compensating ─▶ compensated
 *              ready, offered, running, validating ──attempt-failed──▶ ready (again) | failed | cancelled
 */
import type { Decision } from './command.ts'
import type { WorkflowEvent } from './event.ts'
import type { StepStatus, WorkflowStatus } from './status.ts'

export type LifecycleEvent = Extract<
  WorkflowEvent['type'],
  'started' | 'paused' | 'resumed' | 'turned-back' | 'rewound' | 'given-up' | 'reopened' | 'completed' | 'failed' | 'cancelled'
>

type WorkflowRow = Readonly<Record<LifecycleEvent, WorkflowStatus | null>>

const UNMOVED: WorkflowRow = {
  started: null,
  paused: null,
  resumed: null,
  'turned-back': null,
  rewound: null,
  'given-up': null,
  reopened: null,
  completed: null,
  failed: null,
  cancelled: null,
}

const UNDER_WAY = { 'turned-back': 'active', completed: 'completed', failed: 'failed', cancelled: 'cancelled' } as const

export const WORKFLOW_TABLE: Readonly<Record<WorkflowStatus, WorkflowRow>> = {
  pending: { ...UNMOVED, started: 'active', 'turned-back': 'active', failed: 'failed', cancelled: 'cancelled' },
  active: { ...UNMOVED, ...UNDER_WAY, paused: 'paused', rewound: 'active', 'given-up': 'active' },
  // Turning back ends a pause: what is done must be undone, which needs work to go on.
  paused: { ...UNMOVED, ...UNDER_WAY, resumed: 'active', rewound: 'paused' },
  completed: { ...UNMOVED, reopened: 'active' },
  failed: { ...UNMOVED, reopened: 'active' },
  cancelled: UNMOVED,
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
  'items-resumed': null,
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
  'review-wanted': null,
  reviewed: null,
  'approval-given': null,
  discarded: null,
}

const LEAVING = { 'step-cancelled': 'cancelled', 'step-failed': 'failed', 'review-wanted': 'validating' } as const
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
    'items-resumed': 'running',
    offered: 'offered',
    running: 'running',
  },
  // As `ready`, and it may come to wait for something else.
  waiting_for_resource: {
    ...STILL,
    ...ENDING,
    'step-ready': 'ready',
    'resource-awaited': 'waiting_for_resource',
    offered: 'offered',
    running: 'running',
  },
  offered: { ...STILL, ...ENDING, running: 'running', declined: 'ready', stopped: 'cancelled' },
  running: { ...STILL, ...ENDING, stopped: 'cancelled', 'approval-given': 'running' },
  // A person who is asked may have it done again, or go on without.
  validating: { ...STILL, ...ENDING, validating: null, reviewed: 'validating', 'step-ready': 'ready', 'step-skipped': 'skipped' },
  succeeded: { ...STILL, compensating: 'compensating' },
  // What seemed lost may turn out to have been done after all; then it is undone like anything else.
  failed: { ...STILL, compensating: 'compensating', discarded: 'failed', 'review-wanted': 'validating' },
  cancelled: { ...STILL, compensating: 'compensating' },
  // Gone back on before it was known that it had been done, and then not needed any more.
  skipped: { ...STILL, compensating: 'compensating' },
  compensating: {
    ...STILL,
    'resource-awaited': 'compensating',
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

type DecisionRow = Readonly<Record<DecisionType, 'allowed' | 'refused'>>

const REFUSED: DecisionRow = {
  create: 'refused',
  pause: 'refused',
  resume: 'refused',
  cancel: 'refused',
  terminate: 'refused',
  'set-priority': 'refused',
  'set-consistency': 'refused',
  rollback: 'refused',
  restore: 'refused',
  retry: 'refused',
  undo: 'refused',
  recover: 'refused',
  review: 'refused',
  approve: 'refused',
  resolve: 'refused',
  discard: 'refused',
  checkpoint: 'refused',
  migrate: 'refused',
  'enter-stage': 'refused',
}

/** Said again, a creation is answered with what it led to. */
const CREATED: DecisionRow = { ...REFUSED, create: 'allowed' }
/** A conflict may be left over from before the end, and be about what was done by then. */
const BORN: DecisionRow = { ...CREATED, resolve: 'allowed' }
const SET = { 'set-priority': 'allowed', 'set-consistency': 'allowed' } as const
const OPEN: DecisionRow = { ...BORN, ...SET, migrate: 'allowed', cancel: 'allowed', terminate: 'allowed' }
const BACK = { rollback: 'allowed', restore: 'allowed', retry: 'allowed', recover: 'allowed', discard: 'allowed' } as const
const UNDER_WAY_OR_HELD: DecisionRow = {
  ...OPEN,
  ...BACK,
  review: 'allowed',
  approve: 'allowed',
  checkpoint: 'allowed',
  'enter-stage': 'allowed',
}

/** Which decisions a workflow takes in which status; `absent` is before its creation. */
export const DECISION_TABLE: Readonly<Record<WorkflowStatus | 'absent', DecisionRow>> = {
  absent: CREATED,
  pending: OPEN,
  active: { ...UNDER_WAY_OR_HELD, pause: 'allowed' },
  paused: { ...UNDER_WAY_OR_HELD, resume: 'allowed' },
  completed: { ...BORN, undo: 'allowed', retry: 'allowed', discard: 'allowed' },
  failed: { ...BORN, ...BACK },
  cancelled: { ...BORN, discard: 'allowed' },
}

const DECISIONS = Object.keys(REFUSED).filter((type): type is DecisionType => type in REFUSED)

/** The decisions that would be taken, for the message of one that is not. */
export const legalDecisions = (status: WorkflowStatus | 'absent'): readonly DecisionType[] =>
  DECISIONS.filter((type) => DECISION_TABLE[status][type] === 'allowed' && (type !== 'create' || status === 'absent'))
