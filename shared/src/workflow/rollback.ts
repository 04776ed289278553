/**
 * Going back to an earlier point and on from there (EX-8, PER-5). What was completed is undone, in reverse; what could not be undone is
 * marked `doneBefore`; then the steps begin anew. A failed workflow is taken up again by it.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Draft } from './draft.ts'
import type { StepError } from './event.ts'
import { stepNamed } from './naming.ts'
import { scopePastNoReturn } from './point-of-no-return.ts'
import { stepsToRetry } from './retriable.ts'
import { withDependants } from './scope.ts'
import { isSettled, isTerminal } from './status.ts'

/** Where a way back begins: these steps, with all that came of them. */
export type WayBack = Result<readonly number[], Refusal>

/** To before this step. */
export const backTo = (draft: Draft, name: string): WayBack => {
  const found = stepNamed(draft.definition, draft.state, name)
  if (!found.ok) return found
  const { ref, step } = found.value
  const hasBegun = step.status !== 'pending' && step.status !== 'skipped'
  return hasBegun ? ok([ref]) : err(refusal('give-up', 'not-begun', `${name} is ${step.status}; there is nothing to go back on.`))
}

/** Over the steps that completed last. A map counts as one, its items don't count. */
export const backOver = ({ state }: Draft, count: number): WayBack => {
  const completed = state.steps.flatMap(({ status, parent, completion = 0 }, ref) =>
    status === 'succeeded' && parent === undefined ? [{ ref, completion }] : [],
  )
  if (completed.length < count) {
    return err(refusal('fix-request', 'too-many-steps', `Only ${completed.length} steps are completed; ${count} can't be gone back over.`))
  }
  return ok(
    completed
      .sort((a, b) => b.completion - a.completion)
      .slice(0, count)
      .map(({ ref }) => ref),
  )
}

/** Over everything that settled after so many entries of the log. */
export const backToPosition = ({ state }: Draft, position: number): WayBack => {
  if (position < 1 || position > state.length) {
    return err(refusal('fix-request', 'no-such-position', `Its log has ${state.length} entries; ${position} is none of them.`))
  }
  return ok(state.steps.flatMap((step, ref) => (isSettled(step.status) && step.position >= position ? [ref] : [])))
}

/** To the checkpoint of this name, or to the latest. */
export const backToCheckpoint = (draft: Draft, name?: string): WayBack => {
  const { checkpoints } = draft.state
  const found = name === undefined ? checkpoints.at(-1) : checkpoints.findLast((checkpoint) => checkpoint.name === name)
  if (found !== undefined) return backToPosition(draft, found.position)
  const known = checkpoints.map((checkpoint) => checkpoint.name).join(', ')
  const instead = known === '' ? 'It has none.' : `It has: ${known}.`
  return err(refusal('fix-request', 'no-such-checkpoint', `There is no checkpoint ${name ?? ''}. ${instead}`))
}

/** Undone and done again. */
export const goBackOver = (draft: Draft, way: WayBack, error: StepError): Refusal | undefined => {
  const scope = way.ok ? scopeOf(draft, way.value) : way
  if (!scope.ok) return scope.error
  if (isTerminal(draft.state.status)) draft.emit({ type: 'reopened', reason: error.message })
  draft.emit({ type: 'turned-back', outcome: 'rewound', error, compensate: true, scope: scope.value })
}

/** Nothing that has passed the point of no return; of a failed workflow all that a retry would do again too. */
export const scopeOf = ({ definition, state }: Draft, from: readonly number[]): WayBack => {
  const ended = isTerminal(state.status)
  const scope = withDependants(definition, state, ended ? [...from, ...stepsToRetry(definition, state)] : from)
  if (scope.length === 0) return err(refusal('give-up', 'nothing-to-undo', 'Nothing has happened since.'))
  const late = ended ? undefined : scopePastNoReturn(definition, state, scope)
  return late === undefined ? ok(scope) : err(late)
}
