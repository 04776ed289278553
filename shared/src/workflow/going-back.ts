/**
 * The way back, of a whole workflow or of the steps in a scope. Whatever nobody works on is cancelled and whoever is at work is told to
 * stop; when nothing of it runs, the latest completed step is undone, one at a time in reverse order of completion (Garcia-Molina and
 * Salem, Sagas, 1987).
 *
 *   outcome     then
 *   failed      the workflow ends so
 *   cancelled   the workflow ends so
 *   rewound     the steps stand at their beginning again, and the workflow goes on
 *   given-up    the steps stay as they are, and the workflow goes on without them
 */
import type { Json } from '../values/json.ts'
import { reconsider } from './arrive.ts'
import { attemptOf, specOf } from './attempt.ts'
import { type Draft, evaluateMapping } from './draft.ts'
import { isIdle } from './idle.ts'
import { failUndoing } from './outcome.ts'
import { isCurrent, linksOf } from './scope.ts'
import type { StepState, TurnedBack } from './state.ts'
import { isSettled } from './status.ts'

/** One move on the way back; none while somebody is still at work. */
export const goBack = (draft: Draft): void => {
  const { turnedBack } = draft.state
  if (turnedBack === undefined) return
  const going = [...(turnedBack.scope ?? draft.state.steps.keys())]
  for (const ref of going) if (isIdle(draft.step(ref))) draft.emit({ type: 'step-cancelled', ref })
  if (going.some((ref) => !isSettled(draft.step(ref)?.status ?? 'skipped'))) return
  const next = turnedBack.compensate ? latestToUndo(draft, going) : undefined
  if (next === undefined) arriveBack(draft, turnedBack, going)
  else undo(draft, next, turnedBack)
}

const arriveBack = (draft: Draft, { outcome }: TurnedBack, refs: readonly number[]): void => {
  switch (outcome) {
    case 'failed':
    case 'cancelled':
      return draft.emit({ type: outcome })
    case 'rewound':
      return rewind(draft, refs)
    case 'given-up':
      draft.emit({ type: 'given-up', refs })
      return reconsider(draft)
  }
}

/** These steps are done again from their beginning; those kept wait for their turn again, but what they gave before counts. */
export const rewind = (draft: Draft, refs: readonly number[], kept: readonly number[] = []): void => {
  const again = [...refs, ...kept].filter((ref) => isCurrent(draft.state, ref)).sort((a, b) => a - b)
  const links = linksOf(draft.definition, draft.state, again)
  draft.emit({ type: 'rewound', refs: again, links, ...(kept.length === 0 ? {} : { kept }) })
  reconsider(draft)
}

const latestToUndo = (draft: Draft, refs: readonly number[]): number | undefined => {
  let latest: number | undefined
  let completion = 0
  for (const ref of refs) {
    const step = draft.step(ref)
    if (step?.completion === undefined || step.completion <= completion || !isToUndo(draft, step)) continue
    latest = ref
    completion = step.completion
  }
  return latest
}

const isToUndo = (draft: Draft, step: StepState): boolean => {
  const isDone = step.status === 'succeeded' || step.doneLate === true || step.alreadyDone === true
  return isDone && step.status !== 'compensated' && attemptOf(draft.definition, step, 'compensate') !== undefined
}

const undo = (draft: Draft, ref: number, why: TurnedBack): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, 'compensate')
  if (step === undefined || work === undefined) return
  if (work.input === undefined) return draft.emit({ type: 'compensating', ref })
  const input = evaluateMapping(work.input, draft.variables(undoVariables(draft, step, why)))
  draft.emit(input.ok ? { type: 'compensating', ref, input: input.value } : { type: 'compensating', ref })
  if (!input.ok) failUndoing(draft, ref, input.error)
}

const undoVariables = (draft: Draft, step: StepState, { step: at, error, outcome }: TurnedBack): Record<string, Json> => {
  const failed = at === undefined ? undefined : draft.step(at)
  return {
    output: step.output ?? null,
    item: step.element ?? null,
    index: step.item ?? null,
    failure: {
      step: failed === undefined ? null : specOf(draft.definition, failed).id,
      code: error.code,
      message: error.message,
      outcome,
    },
  }
}
