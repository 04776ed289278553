/**
 * `wanted(state)`: what should exist in the world (DESIGN §2.5). The only source of effects: pausing, going back, retries and
 * recovery are nothing but differences in what is wanted. Ids are made of workflow, step and attempt, so wanting twice is harmless.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Json } from '../values/json.ts'
import { answersOf } from './answers-wanted.ts'
import { type AnySpec, attemptOf, calleeOf, isTimedByClock, purposeOf, stepName, taskId } from './attempt.ts'
import { checkpointDueAt } from './checkpoint.ts'
import type { AttemptName } from './command.ts'
import type { Awaited } from './event.ts'
import { isEnding, stopReason } from './scope.ts'
import { runsSince, type StepState, type WorkflowState } from './state.ts'
import { isTerminal } from './status.ts'
import type { Wanted, WantedAnswer, WantedCall, WantedOffer, WantedStart, WantedTask, WantedWait } from './want.ts'

interface Gathering {
  readonly offers: WantedOffer[]
  readonly tasks: WantedTask[]
  readonly calls: WantedCall[]
  readonly waits: WantedWait[]
  readonly starts: WantedStart[]
  readonly answers: WantedAnswer[]
  readonly signals: string[]
  wakeAt: number
}

export const wanted = (definition: CompiledDefinition, workflow: string, state: WorkflowState): Wanted => {
  const all: Gathering = {
    offers: [],
    tasks: [],
    calls: [],
    waits: [],
    starts: [],
    answers: [],
    signals: [],
    wakeAt: Number.POSITIVE_INFINITY,
  }
  for (const { key, definition: name, input, workflow: started } of state.followUps) {
    if (started === undefined) all.starts.push({ key, definition: name, input })
  }
  if (!isTerminal(state.status)) {
    const limitMs = definition.definition.timeoutMs
    if (limitMs !== undefined && !isEnding(state)) wake(all, runsSince(state) + limitMs)
    wake(all, checkpointDueAt(definition, state) ?? Number.POSITIVE_INFINITY)
    state.steps.forEach((step, ref) => {
      wantForStep(all, definition, workflow, state, step, ref)
    })
  }
  const { wakeAt, ...rest } = all
  return Number.isFinite(wakeAt) ? { ...rest, wakeAt } : rest
}

const wake = (all: Gathering, at: number): void => {
  if (at < all.wakeAt) all.wakeAt = at
}

const wantForStep = (
  all: Gathering,
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  step: StepState,
  ref: number,
): void => {
  if (step.review !== undefined || step.awaits?.kind === 'approval') all.answers.push(...answersOf(definition, step, ref))
  const phase = step.status === 'compensating' ? step.phase : step.status
  if (phase !== 'ready' && phase !== 'offered' && phase !== 'running') return
  if (step.dueAt !== undefined && isTimedByClock(definition, step)) wake(all, step.dueAt)
  if (step.awaits !== undefined) return wantAwaited(all, ref, step)
  const purpose = purposeOf(step)
  const spec = attemptOf(definition, step, purpose)?.spec
  if (spec === undefined) return
  if (phase === 'ready') return wantBeginning(all, state, step, spec, { ref, attempt: step.attempt + 1, purpose })
  const name = { ref, attempt: step.attempt, purpose }
  const input = inputOf(state, step)
  const callee = calleeOf(spec.work)
  if (callee !== undefined) {
    const parameters = spec.work.type === 'executor' ? { parameters: spec.work.with } : {}
    all.calls.push({ ...name, id: taskId(workflow, name), function: callee, ...parameters, input, timeoutMs: spec.timeoutMs })
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

const wantAwaited = (all: Gathering, ref: number, { awaits, position }: StepState): void => {
  if (awaits?.kind === 'time') wake(all, awaits.until)
  else if (awaits?.kind === 'signal') all.signals.push(awaits.signal)
  else if (awaits?.kind === 'step') all.waits.push(waitOf(ref, position, awaits))
}

export const waitOf = (ref: number, position: number, { home, workflow, step }: Extract<Awaited, { kind: 'step' }>): WantedWait => ({
  ref,
  position,
  home,
  workflow,
  step,
})

const wantBeginning = (all: Gathering, state: WorkflowState, step: StepState, spec: AnySpec, name: AttemptName): void => {
  if (state.status !== 'active' || (name.purpose === 'forward' && state.turnedBack !== undefined)) return
  if (spec.work.type !== 'task') {
    if (step.notBefore !== undefined) wake(all, step.notBefore)
    return
  }
  const { capability, kind } = spec.work
  const { notBefore, since } = step
  const when = notBefore === undefined ? { since } : { since: notBefore, notBefore }
  all.offers.push({ ...name, capability, priority: state.priority, ...when, ...(kind === undefined ? {} : { kind }) })
}

/** A step without a mapping gets the workflow's input, a map's item its element. */
export const inputOf = (state: WorkflowState, step: StepState): Json => step.input ?? step.element ?? state.input
