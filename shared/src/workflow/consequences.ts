/**
 * What follows from what happened: the one evaluator that every command ends in. It runs until nothing more follows.
 *
 *   a settled step      decides its links; each target's join answers ready, skip or wait; a map's last item settles the map
 *   a ready step        begins, if beginning it needs nobody: a function is called, a wait waits, a map fans out
 *   turned back         whatever nobody works on is cancelled; when nothing runs, the latest completed step is undone, one at a
 *                       time in reverse order of completion (Garcia-Molina and Salem, Sagas, 1987); then the workflow ends
 *   nothing is open     the workflow is completed
 */
import type { CompiledStep } from '../definition/compiled.ts'
import type { Json } from '../values/json.ts'
import { attemptOf, purposeOf, specOf } from './attempt.ts'
import { beginStep } from './begin.ts'
import { type Draft, evaluateMapping, unusable } from './draft.ts'
import { stepError } from './errors.ts'
import type { StepError } from './event.ts'
import { delivered, joinAnswer } from './links.ts'
import { failStep, succeedStep, turnBack } from './outcome.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

export const drawConsequences = (draft: Draft): void => {
  do {
    for (let ref = draft.touched.pop(); ref !== undefined; ref = draft.touched.pop()) follow(draft, ref)
  } while (advanceWhole(draft))
}

const follow = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  if (isSettled(step.status)) {
    if (step.parent !== undefined) followItem(draft, step, step.parent)
    else followSettled(draft, step)
  } else if (step.status === 'ready' || (step.status === 'compensating' && step.phase === 'ready')) beginStep(draft, ref)
}

const followSettled = (draft: Draft, step: StepState): void => {
  if (draft.state.turnedBack !== undefined || isTerminal(draft.state.status)) return
  if (step.items !== undefined) cancelIdle(draft, step.items)
  for (const link of specOf(draft.definition, step).outgoing) arrive(draft, link.to)
}

const arrive = (draft: Draft, ref: number): void => {
  const target = draft.step(ref)
  const spec = draft.definition.steps[ref]
  if (spec === undefined || target?.status !== 'pending') return
  const answer = joinAnswer(draft.state, spec)
  if (answer === 'skip') draft.emit({ type: 'step-skipped', ref })
  else if (answer === 'ready') makeReady(draft, ref, spec)
}

/** Binds the step's input and makes it ready; an expression that fails, fails the step. */
export const makeReady = (draft: Draft, ref: number, spec: CompiledStep): void => {
  const ports = delivered(draft.state, spec)
  if (spec.input === undefined && Object.keys(ports).length === 0) return draft.emit({ type: 'step-ready', ref })
  const mapped = evaluateMapping(spec.input ?? [], draft.variables())
  if (!mapped.ok) return failStep(draft, ref, mapped.error)
  const input = { ...ports, ...mapped.value }
  const problem = unusable(input)
  if (problem === undefined) draft.emit({ type: 'step-ready', ref, input })
  else failStep(draft, ref, stepError('expression-error', `the input can't be kept: ${problem}`))
}

const followItem = (draft: Draft, item: StepState, parent: number): void => {
  const map = draft.step(parent)
  if (map?.status !== 'running' || map.items === undefined || draft.state.turnedBack !== undefined) return
  if (item.status === 'failed' && item.error !== undefined) return failStep(draft, parent, item.error)
  if (map.items.open > 0) return
  const outputs: Json[] = draft.state.steps.slice(map.items.first, map.items.first + map.items.count).map((each) => each.output ?? null)
  const problem = unusable(outputs)
  if (problem === undefined) succeedStep(draft, parent, outputs)
  else failStep(draft, parent, stepError('output-unusable', `the list of outputs can't be kept: ${problem}`))
}

/** Items that nobody works on yet; those at work are told to stop, because their map has settled. */
const cancelIdle = (draft: Draft, items: { readonly first: number; readonly count: number }): void => {
  for (let ref = items.first; ref < items.first + items.count; ref += 1)
    if (isIdle(draft.step(ref))) draft.emit({ type: 'step-cancelled', ref })
}

/** Nobody in the world knows of it, so it can be cancelled by a word in the log. */
const isIdle = (step: StepState | undefined): boolean => {
  if (step === undefined) return false
  if (step.status === 'running') return step.awaits !== undefined || (step.items !== undefined && step.items.open === 0)
  return step.status === 'pending' || step.status === 'ready' || step.status === 'waiting_for_resource'
}

/** One step of the workflow as a whole; true when something moved. */
const advanceWhole = (draft: Draft): boolean => {
  const { state } = draft
  if (isTerminal(state.status)) return false
  const before = draft.entries.length
  if (state.turnedBack !== undefined) goBack(draft)
  else if (state.status === 'active' && state.open === 0) complete(draft)
  return draft.entries.length > before
}

const complete = (draft: Draft): void => {
  const output = evaluateMapping(draft.definition.output ?? [], draft.variables())
  if (output.ok) draft.emit({ type: 'completed', output: output.value })
  else turnBack(draft, 'failed', output.error)
}

const goBack = (draft: Draft): void => {
  draft.state.steps.forEach((step, ref) => {
    if (isIdle(step)) draft.emit({ type: 'step-cancelled', ref })
  })
  const { turnedBack, open, steps } = draft.state
  if (open > 0 || turnedBack === undefined) return
  const next = turnedBack.compensate ? latestToUndo(draft, steps) : undefined
  if (next === undefined) draft.emit({ type: turnedBack.outcome })
  else undo(draft, next, turnedBack)
}

const latestToUndo = (draft: Draft, steps: readonly StepState[]): number | undefined => {
  let latest: number | undefined
  let completion = 0
  steps.forEach((step, ref) => {
    const done = step.status === 'succeeded' || step.doneLate === true
    if (!done || step.completion === undefined || step.completion <= completion) return
    if (step.status === 'compensated' || attemptOf(draft.definition, step, 'compensate') === undefined) return
    latest = ref
    completion = step.completion
  })
  return latest
}

const undo = (draft: Draft, ref: number, why: NonNullable<WorkflowState['turnedBack']>): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, 'compensate')
  if (step === undefined || work === undefined) return
  if (work.input === undefined) return draft.emit({ type: 'compensating', ref })
  const input = evaluateMapping(work.input, draft.variables(undoVariables(draft, step, why)))
  draft.emit(input.ok ? { type: 'compensating', ref, input: input.value } : { type: 'compensating', ref })
  if (!input.ok) failUndo(draft, ref, input.error)
}

const undoVariables = (draft: Draft, step: StepState, why: NonNullable<WorkflowState['turnedBack']>): Record<string, Json> => {
  const failed = why.step === undefined ? undefined : draft.step(why.step)
  return {
    output: step.output ?? null,
    item: step.element ?? null,
    index: step.item ?? null,
    failure: {
      step: failed === undefined ? null : specOf(draft.definition, failed).id,
      code: why.error.code,
      message: why.error.message,
      outcome: why.outcome,
    },
  }
}

const failUndo = (draft: Draft, ref: number, error: StepError): void => {
  const step = draft.step(ref)
  if (step !== undefined && purposeOf(step) === 'compensate') draft.emit({ type: 'compensation-failed', ref, error })
}
