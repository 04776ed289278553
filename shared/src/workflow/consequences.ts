/**
 * What follows from what happened: the one evaluator that every command ends in. It runs until nothing more follows.
 *
 *   a settled step      decides its links; each target's join answers ready, skip or wait; a map's last item settles the map
 *   a ready step        begins, if beginning it needs nobody: a function is called, a wait waits, a map fans out
 *   turned back         what goes back is stopped, then undone (going-back.ts)
 *   nothing is open     the workflow is completed
 */
import { arrive } from './arrive.ts'
import { specOf } from './attempt.ts'
import { beginStep } from './begin.ts'
import { keepCheckpoints } from './checkpoint.ts'
import { type Draft, evaluateMapping } from './draft.ts'
import { goBack } from './going-back.ts'
import { cancelIdle } from './idle.ts'
import { succeedMap } from './map-output.ts'
import { failStep } from './outcome.ts'
import { isGoingBack } from './scope.ts'
import type { StepState } from './state.ts'
import { isSettled, isTerminal } from './status.ts'
import { turnBack } from './turn-back.ts'

export const drawConsequences = (draft: Draft): void => {
  do {
    for (let ref = draft.touched.pop(); ref !== undefined; ref = draft.touched.pop()) follow(draft, ref)
  } while (advanceWhole(draft))
  keepCheckpoints(draft)
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
  if (step.items !== undefined) cancelIdle(draft, step.items)
  // While anything goes back nothing new becomes ready; what waits looks again when the way back has been gone.
  if (draft.state.turnedBack !== undefined || isTerminal(draft.state.status)) return
  for (const link of specOf(draft.definition, step).outgoing) arrive(draft, link.to)
}

const followItem = (draft: Draft, item: StepState, parent: number): void => {
  const map = draft.step(parent)
  if (map?.status !== 'running' || map.items === undefined || isGoingBack(draft.state, parent)) return
  if (item.status === 'failed' && item.error !== undefined) return failStep(draft, parent, item.error)
  if (map.items.open > 0) return
  succeedMap(draft, parent, map.items)
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
