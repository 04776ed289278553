/**
 * What is wanted of one step. It follows from the step and from where it stands: the definition, the gates of the node, and of the
 * workflow's state nothing but its status, its input, its priority, the way back it is on, and how the map stands whose item the step is.
 * Whoever makes it depend on more has to say so in `isSamePlace` or `isSameForItems` (drawing.ts).
 */
import type { CompiledAttempt, CompiledDefinition } from '../definition/compiled.ts'
import type { Json } from '../values/json.ts'
import { answersOf, isAsked } from './answers-wanted.ts'
import { type AnySpec, attemptOf, calleeOf, isTimedByClock, purposeOf, specOf, stepName, taskId } from './attempt.ts'
import type { AttemptName } from './command.ts'
import { stepDeadlineWakesAt } from './deadlines.ts'
import type { Awaited } from './event.ts'
import { type Gates, isGated } from './gates.ts'
import { stopReason } from './scope.ts'
import type { StepState, WorkflowState, Writable } from './state.ts'
import type { WantedAnswer, WantedBarrier, WantedBegin, WantedCall, WantedHold, WantedOffer, WantedTask, WantedWait } from './want.ts'

export interface Place {
  readonly definition: CompiledDefinition
  readonly workflow: string
  readonly state: WorkflowState
  readonly gates: Gates
}

export interface StepWants {
  readonly offer?: WantedOffer
  readonly begin?: WantedBegin
  readonly hold?: WantedHold
  readonly task?: WantedTask
  readonly call?: WantedCall
  readonly wait?: WantedWait
  readonly barrier?: WantedBarrier
  readonly signal?: string
  readonly answers?: readonly WantedAnswer[]
  readonly wakeAt?: number
}

type Wants = Writable<StepWants>

/** Of most steps of a large workflow: they wait for others, or have settled. */
export const NOTHING: StepWants = {}

export const wantsOfStep = (place: Place, step: StepState, ref: number): StepWants => {
  const phase = phaseOf(step)
  if (phase === undefined && step.deadline === undefined && !isAsked(step)) return NOTHING
  const wants: Wants = {}
  if (isAsked(step)) wants.answers = answersOf(place.definition, step, ref)
  wake(wants, stepDeadlineWakesAt(step))
  if (phase !== undefined) wantForward(wants, place, step, ref, phase)
  return wants
}

const wake = (wants: Wants, at: number | undefined): void => {
  if (at !== undefined && at < (wants.wakeAt ?? Number.POSITIVE_INFINITY)) wants.wakeAt = at
}

type Phase = NonNullable<StepState['phase']>

const phaseOf = ({ status, phase }: StepState): Phase | undefined => {
  if (status === 'compensating') return phase
  if (status === 'waiting_for_resource') return 'ready'
  return status === 'ready' || status === 'offered' || status === 'running' ? status : undefined
}

const wantForward = (wants: Wants, place: Place, step: StepState, ref: number, phase: Phase): void => {
  const { definition } = place
  if (step.dueAt !== undefined && isTimedByClock(definition, step)) wake(wants, step.dueAt)
  if (step.awaits !== undefined) return wantAwaited(wants, ref, step)
  const purpose = purposeOf(step)
  const work = attemptOf(definition, step, purpose)
  if (work === undefined) return
  if (phase === 'ready') wantBeginning(wants, place, step, work, { ref, attempt: step.attempt + 1, purpose })
  else wantAtWork(wants, place, step, work, { ref, attempt: step.attempt, purpose })
}

const wantAwaited = (wants: Wants, ref: number, { awaits, position, since }: StepState): void => {
  if (awaits?.kind === 'time') wake(wants, awaits.until)
  else if (awaits?.kind === 'barrier') wants.barrier = { ref, position, since, barrier: awaits.barrier, parties: awaits.parties }
  else if (awaits?.kind === 'signal') wants.signal = awaits.signal
  else if (awaits?.kind === 'step' || awaits?.kind === 'workflow') wants.wait = waitOf(ref, position, awaits)
}

export const waitOf = (ref: number, position: number, awaits: Extract<Awaited, { kind: 'step' | 'workflow' }>): WantedWait => {
  const { home, workflow } = awaits
  return { ref, position, home, workflow, ...(awaits.kind === 'step' ? { step: awaits.step } : {}) }
}

const wantBeginning = (
  wants: Wants,
  { state, gates }: Place,
  step: StepState,
  { spec, demand }: CompiledAttempt<AnySpec>,
  name: AttemptName,
): void => {
  if (state.status !== 'active' || (name.purpose === 'forward' && state.turnedBack !== undefined)) return
  const { notBefore, since, queuedAt, resource } = step
  if (spec.work.type !== 'task' && !isGated(demand, gates)) return wake(wants, notBefore)
  if (demand === undefined) return
  const begin: WantedBegin = {
    ...name,
    demand,
    priority: state.priority,
    since: queuedAt ?? notBefore ?? since,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(resource === undefined ? {} : { awaiting: resource }),
  }
  if (spec.work.type !== 'task') wants.begin = begin
  else {
    const { capability, kind } = spec.work
    wants.offer = { ...begin, capability, ...(kind === undefined ? {} : { kind }) }
  }
}

const wantAtWork = (wants: Wants, place: Place, step: StepState, { spec, demand }: CompiledAttempt<AnySpec>, name: AttemptName): void => {
  const id = taskId(place.workflow, name)
  if (demand !== undefined) wants.hold = { ...name, id, step: stepName(place.definition, step), demand }
  const callee = calleeOf(spec.work)
  if (callee !== undefined) {
    const parameters = spec.work.type === 'executor' ? { parameters: spec.work.with } : {}
    const cached = name.purpose === 'forward' ? cachedBy(place.definition, step) : {}
    const input = inputOf(place.state, step)
    wants.call = { ...name, id, function: callee, ...parameters, input, timeoutMs: spec.timeoutMs, ...cached }
  }
  if (spec.work.type === 'task' && step.agent !== undefined) wants.task = taskOf(place, step, spec, spec.work, step.agent, name)
}

/** The definition's hash stands for its version and all it says of the step. */
const cachedBy = (definition: CompiledDefinition, step: StepState): Pick<WantedCall, 'cached'> => {
  const { id, spec } = specOf(definition, step)
  if (step.item !== undefined || spec.cache === undefined) return {}
  return { cached: { by: `${definition.hash}.${id}`, ttlMs: spec.cache.ttlMs } }
}

const taskOf = (
  { definition, workflow, state }: Place,
  step: StepState,
  spec: AnySpec,
  { capability, leaseMs, mayFinishOffline }: Extract<AnySpec['work'], { type: 'task' }>,
  agent: string,
  name: AttemptName,
): WantedTask => {
  const stop = stopReason(state, name.ref, step)
  return {
    ...name,
    task: taskId(workflow, name),
    agent,
    step: stepName(definition, step),
    title: spec.title ?? stepName(definition, step),
    capability,
    input: inputOf(state, step),
    leaseMs,
    mayFinishOffline,
    accepted: step.status === 'running' || step.phase === 'running',
    ...(stop === undefined ? {} : { stop }),
  }
}

/** A step without a mapping gets the workflow's input, a map's item its element. */
export const inputOf = (state: WorkflowState, step: StepState): Json => step.input ?? step.element ?? state.input
