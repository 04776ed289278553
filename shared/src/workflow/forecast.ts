/**
 * When a workflow will be done (OBS-2): the longest way through the steps that are not over, each taken to last as long as it usually
 * does (critical path method, Kelley and Walker 1959). Steps are taken to run side by side as their links allow; who has too few agents
 * takes longer. What is known to take no part — skipped, dead, given up — counts nothing.
 */
import type { CompiledDefinition, CompiledStep } from '../definition/compiled.ts'
import { orderOf } from '../definition/order.ts'
import type { WorkflowState } from './state.ts'
import { isSettled, isTerminal } from './status.ts'

/** How long a step usually waits and is worked on, in milliseconds. */
export interface Usual {
  readonly queuedMs: number
  readonly workingMs: number
}

/** What is usual for the step of this number; nothing while nobody knows. */
export type UsualOf = (step: number) => Usual | undefined

/** @returns milliseconds from `now` to the end; nothing when it has ended, goes back, waits, or a step on the way is unknown */
export const remainingMs = (definition: CompiledDefinition, state: WorkflowState, usual: UsualOf, now: number): number | undefined => {
  if (isTerminal(state.status) || state.status === 'paused' || state.turnedBack !== undefined) return undefined
  const finish = new Float64Array(definition.steps.length)
  let latest = 0
  for (const number of orderedSteps(definition)) {
    const step = definition.steps[number]
    const left = step === undefined ? 0 : leftOf(state, step, usual, now)
    if (left === undefined) return undefined
    const begin = step?.incoming.reduce((at, { from }) => Math.max(at, finish[from] ?? 0), 0) ?? 0
    finish[number] = left === 0 ? begin : begin + left
    latest = Math.max(latest, finish[number] ?? 0)
  }
  return Math.round(latest)
}

const orders = new WeakMap<CompiledDefinition, Uint32Array>()

/** Drawn once a definition: asking about a workflow must not cost its graph each time. */
const orderedSteps = (definition: CompiledDefinition): Uint32Array => {
  const known = orders.get(definition)
  if (known !== undefined) return known
  const { steps, links } = definition
  const { order } = orderOf(
    steps.length,
    Uint32Array.from(links, ({ from }) => from),
    Uint32Array.from(links, ({ to }) => to),
  )
  orders.set(definition, order)
  return order
}

const leftOf = (state: WorkflowState, { index }: CompiledStep, usual: UsualOf, now: number): number | undefined => {
  const step = state.steps[index]
  if (step === undefined || isSettled(step.status)) return 0
  // A wait for a moment says itself when it ends.
  if (step.awaits?.kind === 'time') return Math.max(0, step.awaits.until - now)
  const known = usual(index)
  if (known === undefined) return undefined
  const passed = step.status === 'pending' ? 0 : now - step.since
  if (step.status === 'running' || step.status === 'validating') return Math.max(0, known.workingMs - passed)
  return Math.max(0, known.queuedMs - passed) + known.workingMs
}
