/** Names and particulars of attempts: what a reference means in a definition, and the ids under which attempts travel. */
import type { CompiledAttempt, CompiledDefinition, CompiledStep } from '../definition/compiled.ts'
import type { Attemptable, CompensationSpec, EachSpec, StepSpec } from '../definition/definition.ts'
import type { AttemptName } from './command.ts'
import type { Purpose } from './event.ts'
import type { StepState } from './state.ts'

export type AnySpec = StepSpec | EachSpec | CompensationSpec

/** The definition's step of a reference. Throws on a state that was not made under this definition: a programmer's error. */
export const specOf = (definition: CompiledDefinition, step: StepState): CompiledStep => {
  const spec = definition.steps[step.spec]
  if (spec === undefined) throw new RangeError(`step ${step.spec} is not in definition ${definition.hash}`)
  return spec
}

/** What an attempt of this purpose carries out: the step itself, a map's inner work, or the compensation of either. */
export const attemptOf = (definition: CompiledDefinition, step: StepState, purpose: Purpose): CompiledAttempt<AnySpec> | undefined => {
  const spec = specOf(definition, step)
  const forward: CompiledAttempt<Attemptable> | undefined = step.item === undefined ? spec : spec.each
  if (purpose === 'compensate') return forward?.compensation
  return step.item === undefined ? spec : spec.each
}

/** Whom a call is made to, where the work is a call: a function or a plug-in, registered on the node that runs the workflow. */
export const calleeOf = (work: AnySpec['work']): string | undefined => {
  if (work.type === 'function') return work.function
  return work.type === 'executor' ? work.executor : undefined
}

/** A call is timed by whoever makes it: only there is it known whether what took too long may be done again. */
export const isTimedByClock = (definition: CompiledDefinition, step: StepState): boolean => {
  const work = attemptOf(definition, step, purposeOf(step))?.spec.work
  return work === undefined || calleeOf(work) === undefined
}

export const purposeOf = (step: StepState): Purpose => (step.status === 'compensating' ? 'compensate' : 'forward')

/** `pick`, or `pick/2` for the third item of a map. */
export const stepName = (definition: CompiledDefinition, step: StepState): string => {
  const { id } = specOf(definition, step)
  return step.item === undefined ? id : `${id}/${step.item}`
}

/** An attempt among those of its step: its number, with `c` before a compensation's. */
export const attemptMark = ({ attempt, purpose }: Omit<AttemptName, 'ref'>): string => `${purpose === 'compensate' ? 'c' : ''}${attempt}`

/** ⟨workflow⟩.⟨reference⟩.⟨attempt⟩, with `c` before a compensation's attempt: the idempotency key of the effect. */
export const taskId = (workflow: string, name: AttemptName): string => `${workflow}.${name.ref}.${attemptMark(name)}`

/** Without leading zeros, so that one attempt has one id; attempts count from 1. */
const TASK = /^(w_[0-9a-f]{32})\.(0|[1-9]\d{0,8})\.(c?)([1-9]\d{0,8})$/

export const parseTaskId = (task: string): { readonly workflow: string; readonly name: AttemptName } | undefined => {
  const match = TASK.exec(task)
  if (match === null) return undefined
  const [, workflow = '', ref, compensation, attempt] = match
  return { workflow, name: { ref: Number(ref), attempt: Number(attempt), purpose: compensation === 'c' ? 'compensate' : 'forward' } }
}
