/**
 * Which steps go back together. A scope is closed: with a step goes whatever began after it on the strength of what it had done, with a
 * map go its items, and with an item its map. So what is reset never leaves behind a step that used it.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { StepState, WorkflowState } from './state.ts'

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
    else queue.push(...itemsOf(step), ...dependants(definition, state, ref, step))
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

const itemsOf = ({ items }: StepState): readonly number[] =>
  items === undefined ? [] : Array.from({ length: items.count }, (_, item) => items.first + item)

/** Links that carried messages of these steps. */
export const linksOf = (definition: CompiledDefinition, { sent }: WorkflowState, refs: readonly number[]): readonly number[] =>
  refs.flatMap((ref) => (definition.steps[ref]?.outgoing ?? []).flatMap(({ index }) => (sent.has(index) ? [index] : [])))
