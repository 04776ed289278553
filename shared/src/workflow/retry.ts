/**
 * Taking up again what has ended. A retry (EX-9) resets what failed, what was cancelled because of it and what was undone; completed steps
 * that were not undone keep their outputs. Undoing a completed workflow is what its parent asks for when it goes back itself.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { rewind } from './going-back.ts'
import type { StepState, WorkflowState } from './state.ts'

export const retry = (draft: Draft, reason: string): undefined => {
  const refs = stepsToRetry(draft.definition, draft.state)
  draft.emit({ type: 'reopened', reason })
  rewind(draft, refs)
}

export const undoAll = (draft: Draft, reason: string): undefined => {
  draft.emit({ type: 'reopened', reason })
  draft.emit({ type: 'turned-back', outcome: 'cancelled', error: stepError('undone', reason), compensate: true })
}

/** In the order of their numbers. */
export const stepsToRetry = (definition: CompiledDefinition, state: WorkflowState): readonly number[] => {
  const again = new Set<number>()
  state.steps.forEach((step, ref) => {
    if (!isToRetry(definition, state, step, ref)) return
    again.add(ref)
    if (step.parent !== undefined) again.add(step.parent)
  })
  addSkipped(definition, state, again)
  return [...again].sort((a, b) => a - b)
}

const isToRetry = (definition: CompiledDefinition, state: WorkflowState, step: StepState, ref: number): boolean => {
  switch (step.status) {
    case 'cancelled':
    case 'compensated':
      return true
    case 'failed':
      // What a link took over has had its consequence; what could not be undone is still done.
      return step.completion === undefined && !isTakenOver(definition, state, ref)
    case 'succeeded':
      // Its work was done, but not the way on found.
      return state.turnedBack?.step === ref
    default:
      return false
  }
}

/** A link that follows failure carried a message on. */
export const isTakenOver = (definition: CompiledDefinition, { sent }: WorkflowState, ref: number): boolean =>
  definition.steps[ref]?.outgoing.some(({ index }) => sent.has(index)) === true

/** What was not needed may be needed now: whether it is, is decided by the links of what is done again. */
const addSkipped = (definition: CompiledDefinition, { steps }: WorkflowState, again: Set<number>): void => {
  const queue = [...again]
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    for (const { to } of definition.steps[ref]?.outgoing ?? []) {
      if (steps[to]?.status !== 'skipped' || again.has(to)) continue
      again.add(to)
      queue.push(to)
    }
  }
}
