/**
 * What the breakers learn from a log: which attempts of work that has one ended well, and which failed (RES-4). An attempt that nobody
 * was let begin, was declined, lost with its agent or told to stop says nothing about the work.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { attemptOf } from '../workflow/attempt.ts'
import type { LogEntry } from '../workflow/event.ts'
import type { StepState, WorkflowState } from '../workflow/state.ts'
import type { BreakerTurn } from './breakers.ts'

const SAYS_NOTHING: ReadonlySet<string> = new Set([
  'circuit-open',
  'declined',
  'lease-lost',
  'stopped-by-agent',
  'cancelled',
  'expression-error',
])

export const noteOutcomes = (
  breakers: BreakerTurn,
  definition: CompiledDefinition,
  { home, steps }: WorkflowState,
  entries: readonly LogEntry[],
  wallNow: number,
): void => {
  for (const { event } of entries) {
    if (event.type !== 'step-succeeded' && event.type !== 'attempt-failed' && event.type !== 'step-failed') continue
    const demand = breakable(definition, steps[event.ref])
    if (demand === undefined) continue
    if (event.type === 'step-succeeded') breakers.ended(home, demand, 'succeeded', wallNow)
    else if (!SAYS_NOTHING.has(event.error.code)) breakers.ended(home, demand, 'failed', wallNow)
  }
}

/** A step that failed before its first attempt, for want of an input, is no failure of the work. */
const breakable = (definition: CompiledDefinition, step: StepState | undefined) => {
  if (step === undefined || step.attempt === 0 || step.items !== undefined) return undefined
  const demand = attemptOf(definition, step, 'forward')?.demand
  return demand?.breaker === undefined ? undefined : demand
}
