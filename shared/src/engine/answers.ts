/** The answers a turn gives, and the refusals that more than one of its parts may have to give. */
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Answer } from './inputs.ts'
import type { Unit } from './unit.ts'

export const DECIDED: Answer = { outcome: 'decided', replayed: false, rejected: [] }
export const PROPOSED: Answer = { outcome: 'proposed', replayed: false, rejected: [] }

export const NO_SUCH_WORKFLOW = refusal('fix-request', 'no-such-workflow', 'There is no such workflow here.')
export const TOO_MANY_WAITING = refusal('retry-later', 'too-many-waiting', 'So many workflows wait for their start that no more are taken.')
export const STOPPING = refusal('retry-later', 'stopping', 'This node is stopping.')

export const foreignHome = ({ id, home }: { readonly id: string; readonly home: string }): Refusal =>
  refusal('give-up', 'foreign-home', `${id} belongs to ${home}, and to no other home.`)

export const notTheAuthority = (home: string): Refusal =>
  refusal('give-up', 'not-the-authority', `This node is not the authority of ${home}.`)

export const keyReused = (key: string): Refusal =>
  refusal('fix-request', 'key-reused', `Key ${key} already names a workflow with another definition or input.`)

export const unknownDefinition = (unit: Unit): Refusal =>
  unit.state === undefined
    ? NO_SUCH_WORKFLOW
    : refusal('ask-person', 'unknown-definition', `This node does not know definition ${unit.state.definition} of ${unit.id}.`)

/** Why a change that names the log its author had seen can't be made, if it can't. */
export const staleness = (
  unit: Unit | undefined,
  expected: { readonly length: number; readonly head: string } | undefined,
): Refusal | undefined => {
  if (expected === undefined) return undefined
  if (unit === undefined) return NO_SUCH_WORKFLOW
  if (unit.length === expected.length && unit.headHex === expected.head) return undefined
  return refusal('fix-request', 'stale-version', `It has moved on: ${unit.length} entries, not ${expected.length}.`)
}
