/**
 * Which steps go back together. A scope is closed: with a step goes whatever began after it on the strength of what it had done, with a
 * map go its items, and with an item its map. So what is reset never leaves behind a step that used it.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isSettled } from './status.ts'

/** What is being gone back on at this moment, nothing of it is used any more. */
export const isGoingBack = ({ turnedBack }: WorkflowState, ref: number): boolean =>
  turnedBack !== undefined && (turnedBack.scope === undefined || turnedBack.scope.includes(ref))

/** The way back leads to the workflow's end, and nothing but an earlier end can replace it. */
export const isEnding = ({ turnedBack }: WorkflowState): boolean => turnedBack !== undefined && turnedBack.scope === undefined

/** These steps and all that depends on them, as far as it has begun; in the order of their numbers. */
export const withDependants = (definition: CompiledDefinition, state: WorkflowState, refs: Iterable<number>): readonly number[] => {
  const scope = new Set<number>()
  const queue = [...refs]
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    const step = state.steps[ref]
    if (step === undefined || scope.has(ref)) continue
    scope.add(ref)
    if (step.parent !== undefined) queue.push(step.parent)
    else queue.push(...itemsOf(state, ref, step), ...dependants(definition, state, ref, step))
  }
  return [...scope].sort((a, b) => a - b)
}

const dependants = (definition: CompiledDefinition, { steps }: WorkflowState, ref: number, step: StepState): readonly number[] =>
  (definition.steps[ref]?.outgoing ?? []).flatMap(({ to }) => {
    const target = steps[to]
    // One of several ways into it was enough, and this one came after.
    const wasDoneBefore = (target?.completion ?? Number.POSITIVE_INFINITY) < (step.completion ?? 0)
    return target === undefined || target.status === 'pending' || wasDoneBefore ? [] : [to]
  })

/** Why an agent at work on this step should stop, if it should: nobody will use what it does. */
export const stopReason = (state: WorkflowState, ref: number, step: StepState): string | undefined => {
  if (step.status === 'compensating') return undefined
  if (isGoingBack(state, ref)) return state.turnedBack?.error.message
  const map = step.parent === undefined ? undefined : state.steps[step.parent]
  if (map === undefined) return undefined
  if (map.status === 'failed') return map.error?.message ?? 'a sibling failed'
  if (!isCurrent(state, ref)) return 'its map has begun anew'
  return isSettled(map.status) ? 'its map goes on without it' : undefined
}

/** These steps with the items of those that are maps. */
export const withItems = (state: WorkflowState, refs: Iterable<number>): readonly number[] =>
  [...refs]
    .flatMap((ref) => {
      const step = state.steps[ref]
      return step === undefined ? [] : [ref, ...itemsOf(state, ref, step)]
    })
    .sort((a, b) => a - b)

/** All it ever had: one that was fanned out again has items that it no longer stands for, and what they did is undone with the rest. */
const itemsOf = ({ steps }: WorkflowState, map: number, { items }: StepState): readonly number[] =>
  items === undefined ? [] : steps.flatMap(({ parent }, ref) => (parent === map ? [ref] : []))

/** A step, or an item that its map still stands for: only these can be done again. */
export const isCurrent = ({ steps }: Pick<WorkflowState, 'steps'>, ref: number): boolean => {
  const parent = steps[ref]?.parent
  const items = parent === undefined ? undefined : steps[parent]?.items
  return parent === undefined || (items !== undefined && ref >= items.first && ref < items.first + items.count)
}

/** Links that carried messages of these steps. */
export const linksOf = (definition: CompiledDefinition, { sent }: WorkflowState, refs: readonly number[]): readonly number[] =>
  refs.flatMap((ref) => (definition.steps[ref]?.outgoing ?? []).flatMap(({ index }) => (sent.has(index) ? [index] : [])))
