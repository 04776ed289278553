/**
 * What is wanted of the workflows that steps ran, until the end of each is on record.
 *
 *   its step awaits it                    run, or hold while the parent is paused; cancel when the step goes back
 *   its step awaits it no more            cancel, unless it is to be left
 *   its step is being undone              undo
 *
 * That a parent has ended changes nothing: a child that should go back is wanted to until it has.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { WorkflowWork } from '../definition/definition.ts'
import { specOf } from './attempt.ts'
import { stopReason } from './scope.ts'
import type { Child, StepState, WorkflowState } from './state.ts'
import type { WantedChild } from './want.ts'

export const wantedChildren = (definition: CompiledDefinition, state: WorkflowState): readonly WantedChild[] => {
  if (state.children.length === 0) return []
  const forward = state.children.flatMap((child) => (child.ended === undefined ? wantedChild(definition, state, child) : []))
  return [...forward, ...state.steps.flatMap((step, ref) => wantedUndo(definition, state, step, ref))]
}

const wantedChild = (definition: CompiledDefinition, state: WorkflowState, child: Child): readonly WantedChild[] => {
  const step = state.steps[child.step]
  const work = step && workOf(definition, step)
  if (step === undefined || work === undefined) return []
  const isAwaited = step.awaits?.kind === 'child' && step.awaits.workflow === child.workflow
  const stop = isAwaited ? stopReason(state, child.step, step) : 'its step no longer waits for it'
  if (stop !== undefined && child.leave) return []
  const ask = stop !== undefined ? 'cancel' : state.status === 'paused' ? 'hold' : 'run'
  return [{ ...nameOf(child.step, child.attempt, 'forward'), ...particulars(work, state, step, child), ask, reason: stop ?? '' }]
}

const wantedUndo = (definition: CompiledDefinition, state: WorkflowState, step: StepState, ref: number): readonly WantedChild[] => {
  const work = step.status === 'compensating' && step.awaits?.kind === 'child' ? workOf(definition, step) : undefined
  if (work === undefined || step.awaits?.kind !== 'child') return []
  const { workflow, key } = step.awaits
  const reason = state.turnedBack?.error.message ?? 'what it was part of went back'
  return [{ ...nameOf(ref, step.attempt, 'compensate'), ...particulars(work, state, step, { workflow, key }), ask: 'undo', reason }]
}

const nameOf = (ref: number, attempt: number, purpose: WantedChild['purpose']) => ({ ref, attempt, purpose })

const particulars = (
  { definition, version }: WorkflowWork,
  state: WorkflowState,
  step: StepState,
  { workflow, key }: Pick<Child, 'workflow' | 'key'>,
) => ({ workflow, key, definition, ...(version === undefined ? {} : { version }), input: step.input ?? state.input })

const workOf = (definition: CompiledDefinition, step: StepState): WorkflowWork | undefined => {
  const { work } = specOf(definition, step).spec
  return work.type === 'workflow' ? work : undefined
}
