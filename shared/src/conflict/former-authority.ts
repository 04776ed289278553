/**
 * What a former authority did after its epoch had ended, read out of its part of the log (D1):
 *
 *   facts       somebody's work ended, a signal came: told to the workflow as they would have been, or kept as late where it knows
 *               nothing of the attempt
 *   decisions   somebody's will: put to the workflow again, as a proposal of that person
 *   the rest    followed from these: it follows again, or it does not
 *
 * Pure. `before` is the state in which the former authority wrote the entry.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Instant } from '../values/instant.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { attemptOf, calleeOf, purposeOf, stepName } from '../workflow/attempt.ts'
import type { AttemptName, Fact } from '../workflow/command.ts'
import { Draft } from '../workflow/draft.ts'
import type { EventOf, LogEntry, Purpose } from '../workflow/event.ts'
import { PLAIN_NODE } from '../workflow/node-context.ts'
import { ASK, noteConflict } from '../workflow/note-conflict.ts'
import type { WorkflowState } from '../workflow/state.ts'

export type LateResult = EventOf<'late-result'>

export type LateWord =
  /** `result`: how it is kept where the workflow does not know the attempt. */
  | { readonly kind: 'fact'; readonly fact: Fact; readonly result?: LateResult }
  | { readonly kind: 'decision'; readonly content: Json }
  /** A verdict that was given: its proposal is spent, and must not hold up those after it. */
  | { readonly kind: 'verdict'; readonly event: EventOf<'verdict'> }

export const lateWord = (definition: CompiledDefinition, before: WorkflowState | undefined, { event }: LogEntry): LateWord | undefined => {
  if (before === undefined) return undefined
  const name = (ref: number): string => {
    const step = before.steps[ref]
    return step === undefined ? '?' : stepName(definition, step)
  }
  switch (event.type) {
    case 'verdict':
      return { kind: 'verdict', event }
    case 'step-succeeded':
      return ended(definition, before, event.ref, { ok: true, output: event.output ?? before.steps[event.ref]?.output ?? null })
    case 'compensated':
      return ended(definition, before, event.ref, { ok: true, output: null })
    case 'attempt-failed':
    case 'step-failed':
    case 'compensation-failed':
      return ended(definition, before, event.ref, { ok: false, error: event.error })
    case 'late-result':
      return { kind: 'fact', fact: factOf(event, event, undefined), result: event }
    case 'signalled':
      return { kind: 'fact', fact: { type: 'signal', name: event.name, id: event.id, payload: event.payload } }
    case 'paused':
      return { kind: 'decision', content: { type: 'pause' } }
    case 'resumed':
      return { kind: 'decision', content: { type: 'resume' } }
    case 'priority-set':
      return { kind: 'decision', content: { type: 'set-priority', priority: event.priority } }
    case 'turned-back':
      return event.outcome === 'cancelled' && event.scope === undefined
        ? { kind: 'decision', content: { type: 'cancel', reason: event.error.message } }
        : undefined
    case 'reviewed':
      return { kind: 'decision', content: { type: 'review', step: name(event.ref), answer: event.answer, comment: event.comment } }
    case 'approval-given':
      return {
        kind: 'decision',
        content: { type: 'approve', step: name(event.ref), approved: event.approved, comment: event.comment, roles: [] },
      }
    case 'discarded':
      return { kind: 'decision', content: { type: 'discard', step: name(event.ref), reason: event.reason } }
    case 'checkpointed':
      return { kind: 'decision', content: { type: 'checkpoint', name: event.name } }
    case 'stage-entered': {
      const { stage, reason } = event
      return reason === undefined ? undefined : { kind: 'decision', content: { type: 'enter-stage', stage, reason } }
    }
    default:
      return undefined
  }
}

type Ending = { readonly ok: true; readonly output: Json } | { readonly ok: false; readonly error: EventOf<'step-failed'>['error'] }

/** Somebody's attempt came to its end; what was nobody's attempt — a wait, a choice — follows from the rest. */
const ended = (definition: CompiledDefinition, before: WorkflowState, ref: number, ending: Ending): LateWord | undefined => {
  const step = before.steps[ref]
  if (step === undefined || step.attempt < 1) return undefined
  const purpose = purposeOf(step)
  const work = attemptOf(definition, step, purpose)?.spec.work
  const callee = work && calleeOf(work)
  if (work === undefined || (work.type !== 'task' && callee === undefined)) return undefined
  const of = { ref, attempt: step.attempt, purpose }
  const output = ending.ok ? ending.output : { code: ending.error.code, message: ending.error.message }
  const result: LateResult = { type: 'late-result', ...of, succeeded: ending.ok, output }
  return { kind: 'fact', fact: factOf(of, result, callee), result }
}

const factOf = (
  { ref, attempt, purpose }: AttemptName & { readonly purpose: Purpose },
  { succeeded, output }: LateResult,
  callee: string | undefined,
): Fact => {
  const of = { ref, attempt, purpose, ...(callee === undefined ? {} : { function: callee }) }
  if (succeeded) return { type: 'attempt-succeeded', output, ...of }
  const { code, message } = errorIn(output)
  return { type: 'attempt-failed', error: { code, message, retryable: false }, ...of }
}

const errorIn = (output: Json): { readonly code: string; readonly message: string } => {
  const { code = 'failed', message = 'it failed' } = isJsonObject(output) ? output : {}
  return { code: String(code), message: String(message) }
}

/** Two authorities executed at once: possible only after an operator declared one of them lost, and it was not. */
export const noteTwoAuthorities = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState,
  { segment, steps }: { readonly segment: string; readonly steps: readonly number[] },
  now: Instant,
): { readonly entries: readonly LogEntry[]; readonly state: WorkflowState } => {
  const draft = new Draft(definition, workflow, state, now, 'authority', PLAIN_NODE)
  const names = steps.flatMap((ref) => {
    const step = state.steps[ref]
    return step === undefined ? [] : [stepName(definition, step)]
  })
  const done = names.join(', ')
  const clash = {
    kind: 'safety',
    rule: 'two-authorities',
    version: 1,
    parties: [`the former authority, which wrote ${segment}`, 'the present authority'],
    inputs: { segment, steps: names },
    outcomes: [
      { option: 'keep', effect: 'none', consequence: `What the former authority had done (${done}) stays done, beside what is done here.` },
      { option: 'undone', effect: 'none', consequence: `Somebody has undone by hand what the former authority had done (${done}).` },
    ],
    choice: ASK,
    explanation: `Two gateways ran the facility at once: ${done} was done by the former authority as well, under an epoch that had ended.`,
  } as const
  noteConflict(draft, clash, segment)
  return { entries: draft.entries, state: draft.state }
}
