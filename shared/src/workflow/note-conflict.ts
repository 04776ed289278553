/**
 * Puts a conflict on record, once: its id is made of what collided, so whoever finds it again, on this node or another, finds it on record.
 * What was chosen by itself is carried out at once; where nothing was, it waits in a queue until a person chooses.
 */
import { sha256Hex } from '../values/hash.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import type { Draft } from './draft.ts'
import { type Clash, EVENT_SCHEMAS } from './event.ts'

const ID_HEX_DIGITS = 32

/** Where nothing names another. */
export const CONFLICT_QUEUE = 'conflicts'

export const ASK = 'ask'

/** @param about what tells it from every other conflict that the rule finds in this workflow */
export const conflictIdOf = (workflow: string, rule: string, about: Json): string =>
  `k_${sha256Hex(canonicalJson([workflow, rule, about])).slice(0, ID_HEX_DIGITS)}`

/** @returns false where it is on record already, and nothing was done */
export const noteConflict = (draft: Draft, clash: Clash, about: Json): boolean => {
  const id = conflictIdOf(draft.workflow, clash.rule, about)
  if (draft.state.conflicts.some((known) => known.id === id)) return false
  const queue = clash.choice === ASK ? { queue: clash.queue ?? CONFLICT_QUEUE } : {}
  const options = clash.outcomes.map(({ option }) => option)
  // Parsed, so that its members stand as they will when the log is read again.
  draft.emit(EVENT_SCHEMAS.conflict.parse({ type: 'conflict', ...clash, ...queue, id, options }))
  return true
}
