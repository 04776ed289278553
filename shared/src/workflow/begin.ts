/** Beginning what needs nobody's hand: functions, waits and maps. A task stays ready until the engine finds it an agent. */
import type { MapWork, WaitWork } from '../definition/definition.ts'
import { workflowIdOf } from '../values/ids.ts'
import { ok, type Result } from '../values/result.ts'
import { attemptOf, purposeOf, specOf } from './attempt.ts'
import { type Draft, evaluateMapping, expressionError } from './draft.ts'
import type { Awaited, StepError } from './event.ts'
import { failStep, succeedStep } from './outcome.ts'

/** Begins a ready step or a ready compensation, if its time has come and the workflow is not paused. */
export const beginStep = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  const work = step && attemptOf(draft.definition, step, purposeOf(step))
  if (step === undefined || work === undefined || draft.state.status !== 'active') return
  if (purposeOf(step) === 'forward' && draft.state.turnedBack !== undefined) return
  if (step.notBefore !== undefined && step.notBefore > draft.at) return
  const { spec } = work
  switch (spec.work.type) {
    case 'task':
      return
    case 'function':
      return draft.emit({ type: 'running', ref, attempt: step.attempt + 1, dueAt: draft.at + spec.timeoutMs })
    case 'wait':
      return beginWait(draft, ref, spec.work, draft.at + spec.timeoutMs)
    case 'map':
      return fanOut(draft, ref, spec.work, draft.at + spec.timeoutMs)
  }
}

const beginWait = (draft: Draft, ref: number, work: WaitWork, dueAt: number): void => {
  const awaits = awaited(draft, ref, work)
  if (!awaits.ok) return failStep(draft, ref, awaits.error)
  draft.emit({ type: 'running', ref, attempt: 1, dueAt, awaits: awaits.value })
  if (awaits.value.kind !== 'signal') return
  const name = awaits.value.signal
  const early = draft.state.signals.find((signal) => signal.name === name && signal.taken === undefined)
  if (early !== undefined) succeedStep(draft, ref, early.payload)
}

const awaited = (draft: Draft, ref: number, { on }: WaitWork): Result<Awaited, StepError> => {
  if (on.kind === 'signal') return ok({ kind: 'signal', signal: on.signal })
  if (on.kind === 'time') return ok({ kind: 'time', until: draft.at + on.delayMs })
  const step = draft.step(ref)
  const target = step && specOf(draft.definition, step).waitFor
  if (target === undefined) throw new TypeError(`step ${ref} waits for a step that was not compiled`)
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
  return ok({ kind: 'step', home, workflow: workflowIdOf(home, key), key, step: on.step })
}

const fanOut = (draft: Draft, ref: number, work: MapWork, dueAt: number): void => {
  const step = draft.step(ref)
  const spec = step && specOf(draft.definition, step)
  if (spec?.over === undefined || spec.each === undefined) throw new TypeError(`step ${ref} is no compiled map`)
  const list = spec.over.evaluate(draft.variables())
  if (!list.ok) return failStep(draft, ref, expressionError(spec.over, list.error))
  if (!Array.isArray(list.value)) {
    return failStep(draft, ref, { code: 'not-a-list', message: `\`${work.over}\` is not a list`, retryable: false })
  }
  draft.emit({ type: 'fanned-out', ref, items: list.value, dueAt })
  if (list.value.length === 0) return succeedStep(draft, ref, [])
  const first = draft.step(ref)?.items?.first ?? 0
  for (let item = first; item < first + list.value.length; item += 1) readyItem(draft, item)
}

const readyItem = (draft: Draft, ref: number): void => {
  const step = draft.step(ref)
  const each = step && attemptOf(draft.definition, step, 'forward')
  // A sibling's bad input may have failed the whole map a moment ago.
  if (step?.status !== 'pending' || each === undefined) return
  if (each.input === undefined) return draft.emit({ type: 'step-ready', ref })
  const input = evaluateMapping(each.input, draft.variables({ item: step.element ?? null, index: step.item ?? null }))
  if (input.ok) draft.emit({ type: 'step-ready', ref, input: input.value })
  else failStep(draft, ref, input.error)
}
