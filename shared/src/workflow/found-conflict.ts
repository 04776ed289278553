/** A conflict that was found by a node rather than met by somebody's decision: put on record, and what was chosen by itself is done at once. */
import type { Json } from '../values/json.ts'
import { carryOutEffect } from './conflict-effect.ts'
import { carryOut } from './decisions.ts'
import type { Draft } from './draft.ts'
import type { Clash } from './event.ts'
import { noteConflict } from './note-conflict.ts'

/** What can't be done any more is not done; that it was chosen stands on record all the same. */
export const takeConflict = (draft: Draft, clash: Clash, about: Json): void => {
  if (!noteConflict(draft, clash, about)) return
  const effect = clash.outcomes.find(({ option }) => option === clash.choice)?.effect ?? 'none'
  carryOutEffect(draft, clash, effect, clash.explanation, carryOut)
}
