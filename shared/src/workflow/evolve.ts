/**
 * `evolve(state, entry) → state`: the fold. Pure and total (D1): any event in any state gives a state, never a throw; what the
 * tables in lifecycle.ts leave still changes nothing but the length. It needs no definition, so old logs replay under any code.
 *
 * An event copies the state once, and the one step it names; what follows writes into these copies, which nobody else has seen.
 */
import { attemptMark } from './attempt.ts'
import { bornState, pendingStep } from './birth.ts'
import { noteCheckpoint } from './checkpointed.ts'
import type { AttemptName } from './command.ts'
import { settledIn } from './conflicts-settled.ts'
import { applyDeadline } from './deadlines.ts'
import type { EventOf, LogEntry, WorkflowEvent } from './event.ts'
import { type LifecycleEvent, STEP_TABLE, WORKFLOW_TABLE } from './lifecycle.ts'
import { migrateState } from './migrated.ts'
import { type MovingEvent, moveStep } from './move-step.ts'
import { bearChild, endChild } from './offspring.ts'
import { reopen, rewind } from './rewound.ts'
import { isCurrent } from './scope.ts'
import { enterStage } from './stage-entered.ts'
import type { StepState, WorkflowState, Writable } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

type NextState = Writable<WorkflowState>
type NextStep = Writable<StepState>

export const evolve = (state: WorkflowState | undefined, entry: LogEntry): WorkflowState | undefined => {
  const { event } = entry
  if (state === undefined) return event.type === 'created' ? bornState(event, entry) : undefined
  const next: NextState = { ...state }
  apply(next, event, entry)
  next.length = state.length + 1
  next.lastAt = entry.at
  return next
}

const apply = (next: NextState, event: WorkflowEvent, entry: LogEntry): void => {
  switch (event.type) {
    case 'created':
    case 'agent-registered':
    case 'agent-came':
    case 'agent-went':
    case 'breaker-opened':
    case 'breaker-half-opened':
    case 'breaker-closed':
    case 'handed-over':
    case 'unknown':
      return
    case 'started':
    case 'paused':
    case 'resumed':
    case 'turned-back':
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'rewound':
    case 'given-up':
    case 'reopened':
      return applyLifecycle(next, event, entry)
    case 'priority-set':
      next.priority = event.priority
      return
    case 'consistency-set':
      next.consistency = { policy: event.policy, before: event.before }
      return
    case 'migrated':
      return migrateState(next, event, entry.at)
    case 'signalled':
      next.signals = [...next.signals, { name: event.name, id: event.id, payload: event.payload }]
      return
    case 'follow-up-wanted':
      next.followUps = [...next.followUps, { key: event.key, definition: event.definition, input: event.input }]
      return
    case 'follow-up-started':
      next.followUps = next.followUps.map((followUp) => (followUp.key === event.key ? { ...followUp, workflow: event.workflow } : followUp))
      return
    case 'child-ended':
      return endChild(next, event)
    case 'conflict': {
      const { type: _, ...conflict } = event
      next.conflicts = [...next.conflicts, { ...conflict, at: entry.at }]
      return
    }
    case 'conflict-settled':
      next.conflicts = settledIn(next.conflicts, event, entry)
      return
    case 'recovering':
      next.recoveries += 1
      return
    case 'checkpointed':
      return noteCheckpoint(next, event, entry.at)
    case 'stage-entered':
      return enterStage(next, event)
    case 'deadline-set':
    case 'deadline-at-risk':
    case 'deadline-breached':
      return applyDeadline(next, event)
    case 'verdict':
      return applyVerdict(next, event, entry.at)
    case 'late-result':
      return applyLateResult(next, event)
    default:
      return applyToStep(next, event, entry)
  }
}

const applyVerdict = (next: NextState, event: EventOf<'verdict'>, at: number): void => {
  const { type: _, ...verdict } = event
  const mark = Math.max(Object.hasOwn(next.marks, event.journal) ? (next.marks[event.journal] ?? 0) : 0, event.n)
  next.verdicts = [...next.verdicts, { ...verdict, at }]
  next.marks = { ...next.marks, [event.journal]: mark }
}

const applyLifecycle = (next: NextState, event: Extract<WorkflowEvent, { type: LifecycleEvent }>, { at, by }: LogEntry): void => {
  const status = WORKFLOW_TABLE[next.status][event.type]
  if (status === null) return
  next.status = status
  next.pausedBy = status === 'paused' ? by : undefined
  if (isTerminal(status)) {
    next.endedAt = at
    if (event.type === 'completed') next.output = event.output
  } else if (event.type === 'started') next.startedAt = at
  else if (event.type === 'turned-back') {
    const { type: _, ...why } = event
    next.turnedBack = { ...why, at, by }
  } else if (event.type === 'rewound' || event.type === 'given-up') {
    next.turnedBack = undefined
    if (event.type === 'rewound') rewind(next, event, at)
  } else if (event.type === 'reopened') reopen(next, at)
}

const applyToStep = (next: NextState, event: MovingEvent, { at, by }: LogEntry): void => {
  const before = next.steps[event.ref]
  const status = before === undefined ? null : STEP_TABLE[before.status][event.type]
  if (before === undefined || status === null) return
  const step: NextStep = { ...before }
  moveStep(step, event, by)
  step.status = status
  step.since = at
  step.position = next.length
  step.ledOn = undefined
  if (status === 'running') step.begun = next.length
  if (status === 'succeeded') {
    next.completions += 1
    step.completion = next.completions
  }
  const steps = next.steps.slice()
  steps[event.ref] = step
  next.steps = steps
  countOpen(next, steps, event.ref, before, status)
  if (event.type === 'running') bearChild(next, event, before)
  if (event.type === 'fanned-out') fanOut(next, steps, step, event, at)
  if (event.type === 'step-succeeded' || event.type === 'validating') next.signals = taken(next.signals, before)
  if (event.type === 'attempt-failed' && status !== 'compensating') next.retries += 1
  if ('sent' in event && event.sent !== undefined) next.sent = next.sent.with(event.sent)
}

/** Undoing is work like any other: the workflow can't end while a settled step is being compensated. */
const countOpen = (next: NextState, steps: StepState[], ref: number, before: StepState, status: StepState['status']): void => {
  const [was, is] = [isSettled(before.status), isSettled(status)]
  if (was === is) return
  next.open += is ? -1 : 1
  if (is && before.status !== 'compensating' && isCurrent({ steps }, ref)) closeItem(steps, before)
}

/** Of those its map stands for: the end of one that it had before it was fanned out again is not the end of any that it waits for. */
const closeItem = (steps: StepState[], item: StepState): void => {
  if (item.parent === undefined) return
  const parent = steps[item.parent]
  if (parent?.items !== undefined) steps[item.parent] = { ...parent, items: { ...parent.items, open: parent.items.open - 1 } }
}

const fanOut = (next: NextState, steps: StepState[], map: NextStep, event: EventOf<'fanned-out'>, at: number): void => {
  const count = event.items.length
  map.items = { first: steps.length, count, open: count }
  next.open += count
  event.items.forEach((element, item) => {
    steps.push({ ...pendingStep(map.spec, at, map.position), parent: event.ref, item, element })
  })
}

/** A wait takes the signal it waited for, even when it then finds it invalid; the next wait of that name needs another. */
const taken = (signals: WorkflowState['signals'], step: StepState): WorkflowState['signals'] => {
  const { awaits } = step
  if (awaits?.kind !== 'signal') return signals
  const first = signals.findIndex((signal) => signal.name === awaits.signal && signal.taken === undefined)
  return signals.map((signal, place) => (place === first ? { ...signal, taken: true as const } : signal))
}

/** Where late work is not on record otherwise: if nothing newer succeeds, it is what there is to undo. */
const MAY_BE_DONE_LATE: Readonly<Record<StepState['status'], boolean>> = {
  pending: true,
  ready: true,
  waiting_for_resource: true,
  offered: true,
  running: true,
  validating: true,
  failed: true,
  cancelled: true,
  succeeded: false,
  skipped: false,
  compensating: false,
  compensated: false,
}

const applyLateResult = (next: NextState, event: EventOf<'late-result'>): void => {
  const step = next.steps[event.ref]
  if (step === undefined) return
  next.late = [...next.late, lateName(event)]
  if (!event.succeeded || event.purpose !== 'forward' || !MAY_BE_DONE_LATE[step.status]) return
  next.completions += 1
  const steps = next.steps.slice()
  steps[event.ref] = { ...step, output: event.output, doneLate: true, completion: next.completions }
  next.steps = steps
}

export const lateName = (name: AttemptName): string => `${name.ref}.${attemptMark(name)}`
