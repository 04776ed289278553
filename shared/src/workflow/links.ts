/**
 * What travels along links. A link whose source settled is either sent (it carried a message) or dead; until then it is undecided.
 * A join looks at its incoming links only (dead-path elimination): it answers as soon as no later link can change the answer.
 */
import type { CompiledLink, CompiledStep } from '../definition/compiled.ts'
import type { Json } from '../values/json.ts'
import { isJsonObject } from '../values/json.ts'
import { MissingValue } from '../values/reference.ts'
import { ok, type Result } from '../values/result.ts'
import { answerOf, type Draft } from './draft.ts'
import type { StepError } from './event.ts'
import type { WorkflowState } from './state.ts'
import { isSettled } from './status.ts'

export type LinkState = 'undecided' | 'sent' | 'dead'

export const linkState = (state: WorkflowState, link: CompiledLink): LinkState => {
  if (state.sent.has(link.index)) return 'sent'
  const source = state.steps[link.from]
  // A step being undone has settled before; its links were decided then.
  return source !== undefined && (isSettled(source.status) || source.status === 'compensating') ? 'dead' : 'undecided'
}

/** Numbers of the outgoing links that carry a message after the step ended so. */
export const linksSent = (
  draft: Draft,
  step: CompiledStep,
  outcome: 'succeeded' | 'failed',
  output: Json,
): Result<readonly number[], StepError> => {
  const sent: number[] = []
  for (const link of step.outgoing) {
    const { trigger } = link.spec
    if (trigger !== 'all' && (trigger === 'complete') !== (outcome === 'succeeded')) continue
    const holds = link.when === undefined ? ok(true) : answerOf(link.when, draft.variables({ output }))
    if (!holds.ok) return holds
    if (holds.value !== true) continue
    sent.push(link.index)
    if (step.spec.work.type === 'choice' && outcome === 'succeeded') break
  }
  return ok(sent)
}

export const joinAnswer = (state: WorkflowState, step: CompiledStep): 'ready' | 'skip' | 'wait' => {
  const { join } = step.spec
  const needed = join === 'any' ? 1 : join
  let sent = 0
  let undecided = 0
  // From the last link on: sources mostly settle in their order, so a join of many finds at once that it has to wait.
  for (let place = step.incoming.length - 1; place >= 0; place -= 1) {
    const link = step.incoming[place]
    const at = link === undefined ? 'dead' : linkState(state, link)
    if (at === 'sent') sent += 1
    else if (at === 'undecided') undecided += 1
    if (needed === 'all' ? undecided > 0 : sent >= needed) break
  }
  if (needed === 'all') return undecided > 0 ? 'wait' : sent > 0 ? 'ready' : 'skip'
  if (sent >= needed) return 'ready'
  return sent + undecided >= needed ? 'wait' : 'skip'
}

/** What incoming links put into the target's input, by target port. */
export const delivered = (state: WorkflowState, step: CompiledStep): Record<string, Json> => {
  const values: Record<string, Json> = {}
  for (const { index, from, spec } of step.incoming) {
    if (spec.targetPort === undefined || !state.sent.has(index)) continue
    const output = state.steps[from]?.output ?? null
    values[spec.targetPort] = spec.sourcePort === undefined ? output : member(output, spec.sourcePort)
  }
  return values
}

const member = (output: Json, name: string): Json => {
  if (output instanceof MissingValue) return output
  return isJsonObject(output) && Object.hasOwn(output, name) ? (output[name] ?? null) : null
}
