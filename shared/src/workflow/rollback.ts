/**
 * Going back to an earlier point and on from there (EX-8, PER-5). What was completed is undone, in reverse; what could not be undone is
 * marked `doneBefore`; then the steps begin anew. A failed workflow is taken up again by it.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Restore, Rollback } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import { scopePastNoReturn } from './point-of-no-return.ts'
import { stepsToRetry } from './retry.ts'
import { withDependants } from './scope.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

export const rollBack = (draft: Draft, { to, steps, reason }: Rollback): Refusal | undefined => {
  const from = to === undefined ? lastCompleted(draft.state, steps ?? 1) : named(draft, to)
  return from.ok ? goBackOver(draft, from.value, stepError('rolled-back', reason)) : from.error
}

export const restore = (draft: Draft, { position, reason }: Restore): Refusal | undefined => {
  const { state } = draft
  if (position < 1 || position > state.length) {
    return refusal('fix-request', 'no-such-position', `Its log has ${state.length} entries; ${position} is none of them.`)
  }
  const since = state.steps.flatMap((step, ref) => (isSettled(step.status) && step.position >= position ? [ref] : []))
  return goBackOver(draft, since, stepError('restored', reason))
}

/** Undone and done again: these steps and all that came of them. */
export const goBackOver = (draft: Draft, from: readonly number[], error: ReturnType<typeof stepError>): Refusal | undefined => {
  const { definition, state } = draft
  const ended = isTerminal(state.status)
  const scope = withDependants(definition, state, ended ? [...from, ...stepsToRetry(definition, state)] : from)
  if (scope.length === 0) return refusal('give-up', 'nothing-to-undo', 'Nothing has happened since.')
  const late = ended ? undefined : scopePastNoReturn(definition, state, scope)
  if (late !== undefined) return late
  if (ended) draft.emit({ type: 'reopened', reason: error.message })
  draft.emit({ type: 'turned-back', outcome: 'rewound', error, compensate: true, scope })
}

const named = (draft: Draft, to: string): Result<readonly number[], Refusal> => {
  const ref = draft.definition.numberOf.get(to)
  const step = ref === undefined ? undefined : draft.step(ref)
  if (ref === undefined || step === undefined) {
    const names = [...draft.definition.numberOf.keys()].slice(0, 20).join(', ')
    return err(refusal('fix-request', 'no-such-step', `There is no step ${to}. There are: ${names}.`))
  }
  const hasBegun = step.status !== 'pending' && step.status !== 'skipped'
  return hasBegun ? ok([ref]) : err(refusal('give-up', 'not-begun', `${to} is ${step.status}; there is nothing to go back on.`))
}

const lastCompleted = ({ steps }: WorkflowState, count: number): Result<readonly number[], Refusal> => {
  const completed = steps.flatMap((step, ref) => (isDone(step) ? [{ ref, completion: step.completion ?? 0 }] : []))
  if (completed.length < count) {
    return err(refusal('fix-request', 'too-many-steps', `Only ${completed.length} steps are completed; ${count} can't be gone back over.`))
  }
  completed.sort((a, b) => b.completion - a.completion)
  return ok(completed.slice(0, count).map(({ ref }) => ref))
}

/** A map counts as one step, its items don't count. */
const isDone = ({ status, parent }: StepState): boolean => status === 'succeeded' && parent === undefined
