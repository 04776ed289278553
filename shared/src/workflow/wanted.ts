/**
 * `wanted(state)`: what should exist in the world (DESIGN §2.5). The only source of effects: pausing, going back, retries and
 * recovery are nothing but differences in what is wanted. Ids are made of workflow, step and attempt, so wanting twice is harmless.
 */
import type { CompiledAttempt, CompiledDefinition } from '../definition/compiled.ts'
import { deadlineWakesAt } from '../policy/deadline.ts'
import type { Json } from '../values/json.ts'
import { answersOf, isAsked } from './answers-wanted.ts'
import { type AnySpec, attemptOf, calleeOf, isTimedByClock, purposeOf, specOf, stepName, taskId } from './attempt.ts'
import { checkpointDueAt } from './checkpoint.ts'
import type { AttemptName } from './command.ts'
import { stepDeadlineWakesAt } from './deadlines.ts'
import type { Awaited } from './event.ts'
import { type Gates, isGated, NO_GATES } from './gates.ts'
import { isEnding, stopReason } from './scope.ts'
import { runsSince, type StepState, type WorkflowState } from './state.ts'
import { isTerminal } from './status.ts'
import type {
  Wanted,
  WantedAnswer,
  WantedBarrier,
  WantedBegin,
  WantedCall,
  WantedChild,
  WantedHold,
  WantedOffer,
  WantedStart,
  WantedTask,
  WantedWait,
} from './want.ts'
import { wantedChildren } from './wanted-children.ts'

interface Gathering {
  readonly gates: Gates
  readonly offers: WantedOffer[]
  readonly begins: WantedBegin[]
  readonly holds: WantedHold[]
  readonly tasks: WantedTask[]
  readonly calls: WantedCall[]
  readonly waits: WantedWait[]
  readonly starts: WantedStart[]
  readonly answers: WantedAnswer[]
  readonly children: readonly WantedChild[]
  readonly barriers: WantedBarrier[]
  readonly signals: string[]
  wakeAt: number
}

const nothingYet = (gates: Gates, children: readonly WantedChild[]): Gathering => ({
  gates,
  children,
  barriers: [],
  offers: [],
  begins: [],
  holds: [],
  tasks: [],
  calls: [],
  waits: [],
  starts: [],
  answers: [],
  signals: [],
  wakeAt: Number.POSITIVE_INFINITY,
})

/** @param gates what the node that is to make it so limits by itself */
export const wanted = (definition: CompiledDefinition, workflow: string, state: WorkflowState, gates = NO_GATES): Wanted => {
  const all = nothingYet(gates, wantedChildren(definition, state))
  for (const { key, definition: name, input, workflow: started } of state.followUps) {
    if (started === undefined) all.starts.push({ key, definition: name, input })
  }
  if (!isTerminal(state.status)) {
    const limitMs = definition.definition.timeoutMs
    if (limitMs !== undefined && state.startedAt !== undefined && !isEnding(state)) wake(all, runsSince(state) + limitMs)
    wake(all, checkpointDueAt(definition, state))
    wake(all, state.deadline && deadlineWakesAt(state.deadline))
    state.steps.forEach((step, ref) => {
      wantForStep(all, definition, workflow, state, step, ref)
    })
  }
  const { wakeAt, gates: _, ...rest } = all
  return {
    ...rest,
    underWay: state.status !== 'pending' && !isTerminal(state.status),
    ...(state.status === 'pending' ? { opening: { priority: state.priority, since: state.createdAt } } : {}),
    ...(Number.isFinite(wakeAt) ? { wakeAt } : {}),
  }
}

const wake = (all: Gathering, at: number | undefined): void => {
  if (at !== undefined && at < all.wakeAt) all.wakeAt = at
}

const wantForStep = (
  all: Gathering,
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  step: StepState,
  ref: number,
): void => {
  if (isAsked(step)) all.answers.push(...answersOf(definition, step, ref))
  wake(all, stepDeadlineWakesAt(step))
  const phase = phaseOf(step)
  if (phase === undefined) return
  if (step.dueAt !== undefined && isTimedByClock(definition, step)) wake(all, step.dueAt)
  if (step.awaits !== undefined) return wantAwaited(all, ref, step)
  const purpose = purposeOf(step)
  const work = attemptOf(definition, step, purpose)
  if (work === undefined) return
  const { spec, demand } = work
  if (phase === 'ready') return wantBeginning(all, state, step, work, { ref, attempt: step.attempt + 1, purpose })
  const name = { ref, attempt: step.attempt, purpose }
  if (demand !== undefined) all.holds.push({ ...name, id: taskId(workflow, name), step: stepName(definition, step), demand })
  const input = inputOf(state, step)
  const callee = calleeOf(spec.work)
  if (callee !== undefined) {
    const parameters = spec.work.type === 'executor' ? { parameters: spec.work.with } : {}
    const cached = purpose === 'forward' ? cachedBy(definition, step) : {}
    all.calls.push({ ...name, id: taskId(workflow, name), function: callee, ...parameters, input, timeoutMs: spec.timeoutMs, ...cached })
  }
  if (spec.work.type !== 'task' || step.agent === undefined) return
  const stop = stopReason(state, name.ref, step)
  const { capability, leaseMs, mayFinishOffline } = spec.work
  const title = spec.title ?? stepName(definition, step)
  all.tasks.push({
    ...name,
    task: taskId(workflow, name),
    agent: step.agent,
    step: stepName(definition, step),
    title,
    capability,
    input,
    leaseMs,
    mayFinishOffline,
    accepted: phase === 'running',
    ...(stop === undefined ? {} : { stop }),
  })
}

const phaseOf = ({ status, phase }: StepState): StepState['phase'] => {
  if (status === 'compensating') return phase
  if (status === 'waiting_for_resource') return 'ready'
  return status === 'ready' || status === 'offered' || status === 'running' ? status : undefined
}

/** The definition's hash stands for its version and all it says of the step. */
const cachedBy = (definition: CompiledDefinition, step: StepState): Pick<WantedCall, 'cached'> => {
  const { id, spec } = specOf(definition, step)
  if (step.item !== undefined || spec.cache === undefined) return {}
  return { cached: { by: `${definition.hash}.${id}`, ttlMs: spec.cache.ttlMs } }
}

const wantAwaited = (all: Gathering, ref: number, { awaits, position, since }: StepState): void => {
  if (awaits?.kind === 'time') wake(all, awaits.until)
  else if (awaits?.kind === 'barrier') all.barriers.push({ ref, position, since, barrier: awaits.barrier, parties: awaits.parties })
  else if (awaits?.kind === 'signal') all.signals.push(awaits.signal)
  else if (awaits?.kind === 'step' || awaits?.kind === 'workflow') all.waits.push(waitOf(ref, position, awaits))
}

export const waitOf = (ref: number, position: number, awaits: Extract<Awaited, { kind: 'step' | 'workflow' }>): WantedWait => {
  const { home, workflow } = awaits
  return { ref, position, home, workflow, ...(awaits.kind === 'step' ? { step: awaits.step } : {}) }
}

const wantBeginning = (
  all: Gathering,
  state: WorkflowState,
  step: StepState,
  { spec, demand }: CompiledAttempt<AnySpec>,
  name: AttemptName,
): void => {
  if (state.status !== 'active' || (name.purpose === 'forward' && state.turnedBack !== undefined)) return
  const { notBefore, since, queuedAt, resource } = step
  if (spec.work.type !== 'task' && !isGated(demand, all.gates)) return wake(all, notBefore)
  if (demand === undefined) return
  const begin: WantedBegin = {
    ...name,
    demand,
    priority: state.priority,
    since: queuedAt ?? notBefore ?? since,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(resource === undefined ? {} : { awaiting: resource }),
  }
  if (spec.work.type !== 'task') all.begins.push(begin)
  else {
    const { capability, kind } = spec.work
    all.offers.push({ ...begin, capability, ...(kind === undefined ? {} : { kind }) })
  }
}

/** A step without a mapping gets the workflow's input, a map's item its element. */
export const inputOf = (state: WorkflowState, step: StepState): Json => step.input ?? step.element ?? state.input
