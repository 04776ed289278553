/** How a step that waits for its turn gets it: its join is answered by its incoming links, then its input is bound. */
import type { CompiledStep } from '../definition/compiled.ts'
import { MissingValue } from '../values/reference.ts'
import { attemptOf } from './attempt.ts'
import { promiseStep } from './deadlines.ts'
import { type Draft, evaluateMapping, unusable } from './draft.ts'
import { stepError, valueMissing } from './errors.ts'
import type { EventOf } from './event.ts'
import { delivered, joinAnswer } from './links.ts'
import { countSuccess, failStep } from './outcome.ts'
import { failWithoutInput } from './value-missing.ts'

export const arrive = (draft: Draft, ref: number): void => {
  const spec = draft.definition.steps[ref]
  if (spec === undefined || draft.step(ref)?.status !== 'pending') return
  const answer = joinAnswer(draft.state, spec)
  if (answer === 'skip') draft.emit({ type: 'step-skipped', ref })
  else if (answer === 'ready') makeReady(draft, ref, spec)
}

/** Binds the step's input and makes it ready; an expression that fails, fails the step. */
export const makeReady = (draft: Draft, ref: number, spec: CompiledStep): void => {
  const step = draft.step(ref)
  if (step?.alreadyDone) {
    draft.emit({ type: 'step-ready', ref })
    return countSuccess(draft, ref, step.output ?? null, true)
  }
  const ports = delivered(draft.state, spec)
  if (spec.input === undefined && Object.keys(ports).length === 0) return ready(draft, { type: 'step-ready', ref })
  const mapped = evaluateMapping(spec.input ?? [], draft.variables())
  if (!mapped.ok) return failStep(draft, ref, mapped.error)
  const missing = Object.values(ports).find((value) => value instanceof MissingValue)
  if (missing !== undefined) return failStep(draft, ref, valueMissing(missing))
  const input = { ...ports, ...mapped.value }
  const problem = unusable(input)
  if (problem === undefined) ready(draft, { type: 'step-ready', ref, input })
  else failStep(draft, ref, stepError('expression-error', `the input can't be kept: ${problem}`))
}

/** The same for an item of a map. */
export const makeItemReady = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  const each = step && attemptOf(draft.definition, step, 'forward')
  if (step === undefined || each === undefined) return
  if (each.input === undefined) {
    draft.emit({ type: 'step-ready', ref })
    return failWithoutInput(draft, ref)
  }
  const input = evaluateMapping(each.input, draft.variables({ item: step.element ?? null, index: step.item ?? null }))
  if (input.ok) draft.emit({ type: 'step-ready', ref, input: input.value })
  else failStep(draft, ref, input.error)
}

const ready = (draft: Draft, event: EventOf<'step-ready'>): void => {
  draft.emit(event)
  promiseStep(draft, event.ref)
  failWithoutInput(draft, event.ref)
}

/** After steps were reset or given up: whatever waits looks at its links again, and what was held back begins. */
export const reconsider = (draft: Draft): void => {
  for (const { index, incoming } of draft.definition.steps) {
    const step = draft.step(index)
    const spec = draft.definition.steps[index]
    if (step?.status !== 'pending' || spec === undefined || draft.state.turnedBack !== undefined) continue
    if (incoming.length === 0) makeReady(draft, index, spec)
    else arrive(draft, index)
  }
  touchReady(draft)
}

/** What is ready begins, if its time has come. */
export const touchReady = (draft: Draft): void => {
  draft.state.steps.forEach((step, ref) => {
    if (step.status === 'ready' || step.phase === 'ready') draft.touched.push(ref)
  })
}
