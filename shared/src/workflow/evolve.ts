/**
 * `evolve(state, entry) → state`: the fold. Pure and total (D1): any event in any state gives a state, never a throw; what the
 * tables in lifecycle.ts leave still changes nothing but the length. It needs no definition, so old logs replay under any code.
 */
import { attemptMark, purposeOf } from './attempt.ts'
import type { AttemptName } from './command.ts'
import type { EventOf, LogEntry, WorkflowEvent } from './event.ts'
import { type LifecycleEvent, STEP_TABLE, WORKFLOW_TABLE } from './lifecycle.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

type OfStep = Extract<WorkflowEvent, { readonly ref: number }>

export const evolve = (state: WorkflowState | undefined, entry: LogEntry): WorkflowState | undefined => {
  const { event } = entry
  if (state === undefined) return event.type === 'created' ? born(event, entry) : undefined
  const next = apply(state, event, entry)
  return { ...next, length: state.length + 1, lastAt: entry.at }
}

const born = (event: EventOf<'created'>, { at, by }: LogEntry): WorkflowState => ({
  status: 'pending',
  home: event.home,
  key: event.key,
  definition: event.definition,
  name: event.name,
  version: event.version,
  title: event.title,
  priority: event.priority,
  input: event.input,
  createdAt: at,
  createdBy: by,
  lastAt: at,
  steps: Array.from(
    { length: event.steps },
    (_, spec): StepState => ({ spec, status: 'pending', attempt: 0, failures: 0, since: at, position: 0 }),
  ),
  sent: new Set(),
  completions: 0,
  open: event.steps,
  late: [],
  signals: [],
  followUps: [],
  conflicts: [],
  verdicts: [],
  marks: {},
  length: 1,
})

const apply = (state: WorkflowState, event: WorkflowEvent, entry: LogEntry): WorkflowState => {
  switch (event.type) {
    case 'created':
    case 'agent-registered':
    case 'agent-came':
    case 'agent-went':
    case 'unknown':
      return state
    case 'started':
    case 'paused':
    case 'resumed':
    case 'turned-back':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return applyLifecycle(state, event, entry)
    case 'priority-set':
      return { ...state, priority: event.priority }
    case 'signalled':
      return { ...state, signals: [...state.signals, { name: event.name, id: event.id, payload: event.payload }] }
    case 'follow-up-wanted':
      return { ...state, followUps: [...state.followUps, { key: event.key, definition: event.definition, input: event.input }] }
    case 'follow-up-started':
      return {
        ...state,
        followUps: state.followUps.map((followUp) => (followUp.key === event.key ? { ...followUp, workflow: event.workflow } : followUp)),
      }
    case 'conflict': {
      const { type: _, ...conflict } = event
      return { ...state, conflicts: [...state.conflicts, { ...conflict, at: entry.at }] }
    }
    case 'verdict': {
      const { type: _, ...verdict } = event
      const mark = Math.max(Object.hasOwn(state.marks, event.journal) ? (state.marks[event.journal] ?? 0) : 0, event.n)
      return {
        ...state,
        verdicts: [...state.verdicts, { ...verdict, at: entry.at }],
        marks: { ...state.marks, [event.journal]: mark },
      }
    }
    default:
      return applyToStep(state, event, entry.at)
  }
}

const applyLifecycle = (
  state: WorkflowState,
  event: Extract<WorkflowEvent, { type: LifecycleEvent }>,
  { at, by }: LogEntry,
): WorkflowState => {
  const status = WORKFLOW_TABLE[state.status][event.type]
  if (status === null) return state
  const moved = { ...state, status }
  if (isTerminal(status)) return { ...moved, endedAt: at, ...(event.type === 'completed' ? { output: event.output } : {}) }
  if (event.type === 'started') return { ...moved, startedAt: at }
  if (event.type !== 'turned-back') return moved
  const { type: _, ...why } = event
  return { ...moved, turnedBack: { ...why, at, by } }
}

const applyToStep = (state: WorkflowState, event: OfStep, at: number): WorkflowState => {
  const step = state.steps[event.ref]
  if (step === undefined) return state
  if (event.type === 'late-result') return applyLateResult(state, event, step)
  const status = STEP_TABLE[step.status][event.type]
  if (status === null) return state
  const settles = isSettled(status) && !isSettled(step.status)
  const steps = state.steps.slice()
  const completion = status === 'succeeded' ? state.completions + 1 : undefined
  steps[event.ref] = {
    ...moved(step, event),
    status,
    since: at,
    position: state.length,
    ...(completion === undefined ? {} : { completion }),
    ...(status === 'running' ? { begun: state.length } : {}),
  }
  if (settles && step.status !== 'compensating') closeItem(steps, step)
  if (event.type === 'fanned-out') fanOut(steps, event, at)
  return {
    ...state,
    steps,
    signals: event.type === 'step-succeeded' || event.type === 'validating' ? taken(state.signals, step) : state.signals,
    sent: 'sent' in event && event.sent.length > 0 ? new Set([...state.sent, ...event.sent]) : state.sent,
    completions: completion ?? state.completions,
    open: state.open + (event.type === 'fanned-out' ? event.items.length : 0) - (settles ? 1 : 0) + (reopens(step, status) ? 1 : 0),
  }
}

/** A wait takes the signal it waited for, even when it then finds it invalid; the next wait of that name needs another. */
const taken = (signals: WorkflowState['signals'], step: StepState): WorkflowState['signals'] => {
  const { awaits } = step
  if (awaits?.kind !== 'signal') return signals
  const first = signals.findIndex((signal) => signal.name === awaits.signal && signal.taken === undefined)
  return signals.map((signal, place) => (place === first ? { ...signal, taken: true as const } : signal))
}

/** Undoing is work like any other: the workflow can't end while a settled step is being compensated. */
const reopens = (step: StepState, status: StepState['status']): boolean => isSettled(step.status) && !isSettled(status)

const closeItem = (steps: StepState[], item: StepState): void => {
  if (item.parent === undefined) return
  const parent = steps[item.parent]
  if (parent?.items !== undefined) steps[item.parent] = { ...parent, items: { ...parent.items, open: parent.items.open - 1 } }
}

const fanOut = (steps: StepState[], event: EventOf<'fanned-out'>, at: number): void => {
  const parent = steps[event.ref]
  if (parent === undefined) return
  const first = steps.length
  const count = event.items.length
  steps[event.ref] = { ...parent, items: { first, count, open: count } }
  const { spec, position } = parent
  event.items.forEach((element, item) => {
    steps.push({ spec, parent: event.ref, item, element, status: 'pending', attempt: 0, failures: 0, since: at, position })
  })
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

const applyLateResult = (state: WorkflowState, event: EventOf<'late-result'>, step: StepState): WorkflowState => {
  const late = [...state.late, lateName(event)]
  if (!event.succeeded || event.purpose !== 'forward' || !MAY_BE_DONE_LATE[step.status]) return { ...state, late }
  const steps = state.steps.slice()
  const completion = state.completions + 1
  steps[event.ref] = { ...step, output: event.output, doneLate: true, completion }
  return { ...state, steps, late, completions: completion }
}

export const lateName = (name: AttemptName): string => `${name.ref}.${attemptMark(name)}`

/** The step with the event's own particulars; what belonged only to the status it leaves is dropped. */
const moved = (step: StepState, event: OfStep): StepState => {
  switch (event.type) {
    case 'step-ready': {
      const ready = calm(step)
      return event.input === undefined ? ready : { ...ready, input: event.input }
    }
    case 'offered':
      return offered(step, event)
    case 'running':
      return running(step, event)
    case 'fanned-out':
      return { ...settledForm(step), ...(event.dueAt === undefined ? {} : { dueAt: event.dueAt }) }
    case 'validating':
      return { ...settledForm(step), output: event.output, answered: step.attempt }
    case 'step-succeeded':
      return succeeded(step, event)
    case 'attempt-failed':
      return { ...waitingAgain(step, event.retryAt), failures: step.failures + 1, error: event.error }
    case 'declined':
      return waitingAgain(withoutOffer(step, event), event.retryAt)
    case 'step-failed':
    case 'compensation-failed':
      return { ...settledForm(step), error: event.error }
    case 'resource-awaited':
      return { ...calm(step), resource: event.resource }
    case 'compensating': {
      const { doneLate: _, ...done } = calm(step)
      const undoing = { ...done, phase: 'ready' as const, attempt: 0, failures: 0 }
      return event.input === undefined ? undoing : { ...undoing, input: event.input }
    }
    default:
      return settledForm(step)
  }
}

const offered = (step: StepState, { attempt, agent }: EventOf<'offered'>): StepState => ({
  ...calm(step),
  attempt,
  agent,
  offered: { ...step.offered, [attemptMark({ attempt, purpose: purposeOf(step) })]: agent },
  ...(step.status === 'compensating' ? { phase: 'offered' as const } : {}),
})

/** A step may be declined for hours: what was not taken needs no memory. */
const withoutOffer = (step: StepState, { attempt }: EventOf<'declined'>): StepState => {
  const { [attemptMark({ attempt, purpose: purposeOf(step) })]: _, ...offered } = step.offered ?? {}
  return { ...step, offered }
}

/** An output that was checked stands on record already; one that is absent is null, whatever an earlier attempt had said. */
const succeeded = (step: StepState, { output: said }: EventOf<'step-succeeded'>): StepState => {
  const { output: checked, doneLate: _, ...rest } = settledForm(step)
  const output = said ?? (step.status === 'validating' ? checked : undefined)
  return { ...rest, answered: step.attempt, ...(output === undefined ? {} : { output }) }
}

const running = (step: StepState, event: EventOf<'running'>): StepState => ({
  ...calm(step),
  attempt: event.attempt,
  ...(step.agent === undefined ? {} : { agent: step.agent }),
  ...(event.dueAt === undefined ? {} : { dueAt: event.dueAt }),
  ...(event.awaits === undefined ? {} : { awaits: event.awaits }),
  ...(step.status === 'compensating' ? { phase: 'running' as const } : {}),
})

const waitingAgain = (step: StepState, retryAt: number): StepState => ({
  ...calm(step),
  notBefore: retryAt,
  ...(step.status === 'compensating' ? { phase: 'ready' as const } : {}),
})

/** Without agent, deadline, back-off and what it awaited: those belong to one status only. */
const calm = (step: StepState): StepState => {
  const { agent: _agent, dueAt: _dueAt, notBefore: _notBefore, awaits: _awaits, resource: _resource, phase: _phase, ...rest } = step
  return rest
}

/** As `calm`, but it stays on record which agent did it. */
const settledForm = (step: StepState): StepState => (step.agent === undefined ? calm(step) : { ...calm(step), agent: step.agent })
