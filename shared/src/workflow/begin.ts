/**
 * Beginning what needs nobody's hand: functions, waits and maps. A task stays ready until the engine finds it an agent, and what is limited
 * until the engine lets it begin.
 */
import type { MapWork, WaitWork } from '../definition/definition.ts'
import { workflowIdOf } from '../values/ids.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import { approvalAwaited } from './approval.ts'
import { makeItemReady } from './arrive.ts'
import { attemptOf, purposeOf, specOf } from './attempt.ts'
import { beginChild, beginUndo } from './children.ts'
import { choose } from './choice.ts'
import { type Draft, evaluate, evaluateMapping } from './draft.ts'
import { stepError } from './errors.ts'
import type { Awaited, StepError } from './event.ts'
import { isGated } from './gates.ts'
import { cancelIdle } from './idle.ts'
import { succeedMap } from './map-output.ts'
import { failStep, succeedStep } from './outcome.ts'
import type { StepState } from './state.ts'
import { arriveAtBarrier } from './sync.ts'

/** Every item is a step of the state, copied with it at each event, and there may be several maps. */
export const MAX_ITEMS = 2_000

/** Begins a ready step or a ready compensation, if its time has come and the workflow is not paused. */
export const beginStep = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, purposeOf(step))
  if (step === undefined || work === undefined || draft.state.status !== 'active') return
  if (purposeOf(step) === 'forward' && draft.state.turnedBack !== undefined) return
  if (step.notBefore !== undefined && step.notBefore > draft.now.wall) return
  const { spec } = work
  // By the wall clock, not by the log's time: that stands still until a clock that was once ahead has been caught up with.
  const dueAt = draft.now.wall + spec.timeoutMs
  switch (spec.work.type) {
    case 'task':
      return
    case 'function':
    case 'executor':
      if (isGated(work.demand, draft.node.gates)) return
      return draft.emit({ type: 'running', ref, attempt: step.attempt + 1, dueAt })
    case 'wait':
      return beginWait(draft, ref, spec.work, dueAt)
    case 'workflow':
      return beginChild(draft, ref, spec.work, dueAt)
    case 'undo-workflow':
      return beginUndo(draft, ref, dueAt)
    case 'sync':
      return arriveAtBarrier(draft, ref, spec.work, dueAt)
    case 'choice':
      return choose(draft, ref)
    case 'approval':
      return draft.emit({ type: 'running', ref, attempt: step.attempt + 1, dueAt, awaits: approvalAwaited(spec.work) })
    case 'map':
      return fanOut(draft, ref, spec.work, dueAt)
  }
}

const beginWait = (draft: Draft, ref: number, work: WaitWork, dueAt: number): void => {
  const awaits = awaited(draft, ref, work)
  if (!awaits.ok) return failStep(draft, ref, awaits.error)
  const attempt = (draft.step(ref)?.attempt ?? 0) + 1
  draft.emit({ type: 'running', ref, attempt, dueAt, awaits: awaits.value })
  if (awaits.value.kind !== 'signal') return
  const name = awaits.value.signal
  const early = draft.state.signals.find((signal) => signal.name === name && signal.taken === undefined)
  if (early !== undefined) succeedStep(draft, ref, early.payload)
}

const awaited = (draft: Draft, ref: number, { on }: WaitWork): Result<Awaited, StepError> => {
  if (on.kind === 'signal') return ok({ kind: 'signal', signal: on.signal })
  if (on.kind === 'time') return ok({ kind: 'time', until: draft.now.wall + on.delayMs })
  const step = draft.step(ref)
  const target = step && specOf(draft.definition, step).waitFor
  if (target === undefined) throw new TypeError(`step ${ref} waits for what was not compiled`)
  const place = evaluateMapping(
    [
      { name: 'facility', expression: target.facility },
      { name: 'key', expression: target.key },
    ],
    draft.variables(),
  )
  if (!place.ok) return place
  const home = String(place.value.facility)
  const key = String(place.value.key)
  const workflow = workflowIdOf(home, key)
  return ok(on.kind === 'step' ? { kind: 'step', home, workflow, key, step: on.step } : { kind: 'workflow', home, workflow, key })
}

const fanOut = (draft: Draft, ref: number, work: MapWork, dueAt: number): void => {
  const step = draft.step(ref)
  const spec = step && specOf(draft.definition, step)
  if (spec?.over === undefined || spec.each === undefined) throw new TypeError(`step ${ref} is no compiled map`)
  const list = evaluate(spec.over, draft.variables())
  const items = list.ok ? itemsOf(work, list.value) : list
  if (!items.ok) return failStep(draft, ref, items.error)
  if (hasItems(draft, step, items.value)) draft.emit({ type: 'items-resumed', ref, dueAt })
  else {
    // Rewound, and over another list than before: what was not done of the old one is not wanted any more.
    if (step?.items !== undefined) cancelIdle(draft, step.items)
    draft.emit({ type: 'fanned-out', ref, items: items.value, dueAt })
  }
  const { first, count, open } = draft.step(ref)?.items ?? { first: 0, count: 0, open: 0 }
  if (open === 0) return succeedMap(draft, ref, { first, count, open })
  // One item's bad input may have failed the whole map before the next one's turn.
  for (let item = first; item < first + count; item += 1) if (draft.step(item)?.status === 'pending') makeItemReady(draft, item)
}

/** It stands for these very elements already, having been rewound; one that is tried again begins with none of them done. */
const hasItems = (draft: Draft, step: StepState | undefined, elements: readonly Json[]): boolean =>
  step?.items?.kept === true &&
  step.items.count === elements.length &&
  elements.every((element, item) => canonicalJson(draft.step((step.items?.first ?? 0) + item)?.element ?? null) === canonicalJson(element))

const itemsOf = ({ over }: MapWork, list: Json): Result<readonly Json[], StepError> => {
  if (!Array.isArray(list)) return err(stepError('not-a-list', `\`${over}\` is not a list`))
  if (list.length <= MAX_ITEMS) return ok(list)
  return err(stepError('list-too-long', `\`${over}\` has ${list.length} elements; a map takes at most ${MAX_ITEMS}`))
}
