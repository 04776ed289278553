/**
 * Steps that wait at a barrier. Who else has arrived only the node that runs the home's workflows can see; it says when all have.
 *
 *   ready ──▶ running, at the barrier ──barrier-met──▶ succeeded {complete: true, arrived}
 *                    ╰── time is up ──▶ failed as any timeout, or succeeded {complete: false}
 */
import type { SyncWork } from '../definition/definition.ts'
import { specOf } from './attempt.ts'
import type { Fact } from './command.ts'
import { type Draft, evaluate } from './draft.ts'
import { stepError } from './errors.ts'
import { failStep, succeedStep } from './outcome.ts'
import { isGoingBack } from './scope.ts'
import type { StepState, WorkflowState } from './state.ts'

const MAX_NAME = 256

export const arriveAtBarrier = (draft: Draft, ref: number, { parties }: SyncWork, dueAt: number): void => {
  const step = draft.step(ref)
  const named = step && specOf(draft.definition, step).barrier
  if (step === undefined || named === undefined) throw new TypeError(`step ${ref} is no compiled sync`)
  const name = evaluate(named, draft.variables())
  if (!name.ok) return failStep(draft, ref, name.error)
  if (typeof name.value !== 'string' || name.value === '' || name.value.length > MAX_NAME) {
    return failStep(draft, ref, stepError('bad-barrier', `\`${named.source}\` gives no text of 1 to ${MAX_NAME} characters`))
  }
  const awaits = { kind: 'barrier', barrier: name.value, parties } as const
  draft.emit({ type: 'running', ref, attempt: step.attempt + 1, dueAt, awaits })
}

/** Whether a step stands at its barrier still, in the same wait. */
export const isAtBarrier = (state: WorkflowState | undefined, ref: number, position: number): boolean => {
  const step = state?.steps[ref]
  return state !== undefined && step?.awaits?.kind === 'barrier' && step.position === position && !isGoingBack(state, ref)
}

export const takeBarrierMet = (draft: Draft, { step, position, arrived }: Extract<Fact, { type: 'barrier-met' }>): void => {
  if (isAtBarrier(draft.state, step, position)) succeedStep(draft, step, { complete: true, arrived })
}

/** Its time is up and it goes on without the others. */
export const proceedsAlone = (draft: Draft, step: StepState): boolean => {
  const { work } = specOf(draft.definition, step).spec
  return step.awaits?.kind === 'barrier' && work.type === 'sync' && work.onTimeout === 'proceed'
}
