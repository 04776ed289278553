/**
 * Steps that run a workflow of their own. Whoever keeps the workflows starts it, and says how it ended.
 *
 *   ready ──▶ running, awaits its child ──child-ended──▶ completed: succeeds with its output      otherwise: the attempt has failed
 *                      │
 *                      ├── goes back ──▶ the child is cancelled and awaited, or left
 *                      ╰── times out ──▶ the attempt has failed; the child is cancelled all the same, and its end is kept as a late result
 *   succeeded ──goes back──▶ compensating, awaits the child that is being undone ──child-ended──▶ compensated
 */
import type { WorkflowWork } from '../definition/definition.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import { attemptOf, purposeOf, specOf, taskId } from './attempt.ts'
import type { Fact } from './command.ts'
import type { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { StepError } from './event.ts'
import { askAboutLateWork } from './late-work.ts'
import { nameNow } from './migrated.ts'
import { failAttempt, succeedStep } from './outcome.ts'
import { stopReason } from './scope.ts'
import type { Child, StepState } from './state.ts'
import { isTerminal } from './status.ts'

type ChildEnded = Extract<Fact, { type: 'child-ended' }>

/** Under a key made of the attempt, so it is started once, whatever restarts. */
export const beginChild = (draft: Draft, ref: number, { onCancel }: WorkflowWork, dueAt: number): void => {
  const attempt = (draft.step(ref)?.attempt ?? 0) + 1
  const key = taskId(draft.workflow, { ref, attempt, purpose: 'forward' })
  const awaits = { kind: 'child', workflow: workflowIdOf(draft.state.home, key), key, leave: onCancel === 'leave' } as const
  draft.emit({ type: 'running', ref, attempt, dueAt, awaits })
}

/** What is undone is the latest of the step's workflows that completed. */
export const beginUndo = (draft: Draft, ref: number, dueAt: number): void => {
  const step = draft.step(ref)
  const child = draft.state.children.findLast((each) => each.step === ref && each.ended === 'completed')
  if (step === undefined) return
  if (child === undefined) return draft.emit({ type: 'compensated', ref })
  const { workflow, key } = child
  draft.emit({ type: 'running', ref, attempt: step.attempt + 1, dueAt, awaits: { kind: 'child', workflow, key, leave: false } })
}

export const takeChildEnded = (draft: Draft, fact: ChildEnded): void => {
  const { attempt, purpose } = fact.of
  const ref = nameNow(draft.state.moves, fact.of)
  const step = draft.step(ref)
  const awaited = step?.awaits?.kind === 'child' && step.attempt === attempt && purposeOf(step) === purpose
  if (purpose === 'compensate') {
    if (awaited) endUndo(draft, ref, fact)
    return
  }
  const child = draft.state.children.find((each) => each.step === ref && each.attempt === attempt)
  if (step === undefined || child === undefined || child.ended !== undefined) return
  draft.emit({ type: 'child-ended', step: ref, attempt, status: fact.status })
  if (awaited) endAwaited(draft, ref, step, fact)
  else if (fact.status === 'completed') keepLate(draft, child, fact.output)
}

const endAwaited = (draft: Draft, ref: number, step: StepState, fact: ChildEnded): void => {
  if (fact.status === 'completed') return succeedStep(draft, ref, fact.output)
  if (stopReason(draft.state, ref, step) !== undefined) return draft.emit({ type: 'stopped', ref })
  failAttempt(draft, ref, errorOf(draft, step, fact))
}

/** Undone it ends cancelled; anything else is a failure to undo it. */
const endUndo = (draft: Draft, ref: number, fact: ChildEnded): void => {
  const step = draft.step(ref)
  if (step === undefined) return
  if (fact.status === 'cancelled') draft.emit({ type: 'compensated', ref })
  else failAttempt(draft, ref, errorOf(draft, step, fact))
}

const errorOf = (draft: Draft, step: StepState, { status, error }: ChildEnded): StepError => {
  const work = attemptOf(draft.definition, step, 'forward')?.spec.work
  const name = work?.type === 'workflow' ? work.definition : specOf(draft.definition, step).id
  const why = error === undefined ? '' : `: ${error.message}`
  return stepError(error !== undefined && status === 'refused' ? error.code : `child-${status}`, `${name} ended ${status}${why}`)
}

/** It was done after all, though nobody waited for it any more: what there is to undo is undone. */
const keepLate = (draft: Draft, { step: ref, attempt }: Child, output: Json): void => {
  const step = draft.step(ref)
  draft.emit({ type: 'late-result', ref, attempt, purpose: 'forward', succeeded: true, output })
  if (step !== undefined && isTerminal(draft.state.status)) askAboutLateWork(draft, step)
}
