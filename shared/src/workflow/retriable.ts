/**
 * What a retry does again: what failed and was left so, what was cancelled or undone, and what was not needed because of that. What a link
 * took over has had its consequence; what could not be undone is still done.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { isCurrent, withItems } from './scope.ts'
import type { WorkflowState } from './state.ts'

/** Of a workflow that failed. In the order of their numbers. */
export const stepsToRetry = (definition: CompiledDefinition, state: WorkflowState): readonly number[] => {
  const again = new Set<number>()
  for (const ref of state.steps.keys()) {
    if (!isToRetry(definition, state, ref)) continue
    again.add(ref)
    const parent = state.steps[ref]?.parent
    if (parent !== undefined) again.add(parent)
  }
  return withSkipped(definition, state, again)
}

/**
 * Completed steps that lie between steps that are done again: they are not run again, yet whatever waits for them has to wait for what comes
 * before them.
 */
export const keptBetween = (definition: CompiledDefinition, { steps }: WorkflowState, again: readonly number[]): readonly number[] => {
  const isKept = (ref: number): boolean => steps[ref]?.alreadyDone === true
  const isDone = (ref: number): boolean => (steps[ref]?.status === 'succeeded' || isKept(ref)) && !again.includes(ref)
  const after = reached(again, isDone, (ref) => (definition.steps[ref]?.outgoing ?? []).map(({ to }) => to))
  const before = reached(again, isDone, (ref) => (definition.steps[ref]?.incoming ?? []).map(({ from }) => from))
  return [...steps.keys()].filter((ref) => isKept(ref) || (after.has(ref) && before.has(ref)))
}

const reached = (
  from: readonly number[],
  through: (ref: number) => boolean,
  next: (ref: number) => readonly number[],
): ReadonlySet<number> => {
  const found = new Set<number>()
  const queue = [...from]
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    for (const to of next(ref)) {
      if (!through(to) || found.has(to)) continue
      found.add(to)
      queue.push(to)
    }
  }
  return found
}

/** Steps without which the workflow goes on, or went on to its end: failed and left so, or undone with their branch. */
export const stepsGivenUp = (definition: CompiledDefinition, { steps, sent }: WorkflowState): readonly number[] =>
  definition.steps.flatMap(({ index, outgoing }) => {
    const step = steps[index]
    const isLeftOut = step?.status === 'cancelled' || step?.status === 'compensated'
    const isLeftFailed = step?.status === 'failed' && step.completion === undefined && !outgoing.some((link) => sent.has(link.index))
    return isLeftOut || isLeftFailed ? [index] : []
  })

/** The same with their items, and with what was not needed because of them. */
export const givenUpAgain = (definition: CompiledDefinition, state: WorkflowState, refs: readonly number[]): readonly number[] => {
  const items = withItems(state, refs).filter((ref) => state.steps[ref]?.parent === undefined || isUnfinished(state, ref))
  return withSkipped(definition, state, new Set(items))
}

const isUnfinished = (state: WorkflowState, ref: number): boolean => isCurrent(state, ref) && state.steps[ref]?.status !== 'succeeded'

const isToRetry = (definition: CompiledDefinition, state: WorkflowState, ref: number): boolean => {
  const step = state.steps[ref]
  if (step === undefined || !isCurrent(state, ref)) return false
  switch (step.status) {
    case 'cancelled':
      return step.alreadyDone === undefined
    case 'compensated':
      return true
    case 'failed':
      return step.completion === undefined && !isTakenOver(definition, state, ref)
    case 'succeeded':
      // Its work was done, but not the way on found.
      return state.turnedBack?.step === ref
    default:
      return false
  }
}

/** A link that follows failure carried a message on. */
const isTakenOver = (definition: CompiledDefinition, { sent }: WorkflowState, ref: number): boolean =>
  definition.steps[ref]?.outgoing.some(({ index }) => sent.has(index)) === true

/** What was not needed may be needed now: whether it is, is decided by the links of what is done again. */
const withSkipped = (definition: CompiledDefinition, { steps }: WorkflowState, again: Set<number>): readonly number[] => {
  const queue = [...again]
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    for (const { to } of definition.steps[ref]?.outgoing ?? []) {
      if (steps[to]?.status !== 'skipped' || again.has(to)) continue
      again.add(to)
      queue.push(to)
    }
  }
  return [...again].sort((a, b) => a - b)
}
