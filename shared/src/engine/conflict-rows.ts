/**
 * The conflict log of a node: one row for each conflict of each workflow it holds, written in the commit that found or settled it. Those still
 * to be settled are the queue people work from. Keys stand in the order of finding.
 */
import type { Put, Removal } from '../ports/store.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import { isOpenConflict } from '../workflow/conflicts-settled.ts'
import type { Conflict } from '../workflow/state.ts'
import type { Summary } from './summary.ts'

export const CONFLICTS = 'conflicts'

export type ConflictRow = {
  readonly id: string
  readonly workflow: string
  readonly facility: string
  readonly key: string
  readonly title: string
  readonly definition: string
  readonly open: boolean
  readonly conflict: Conflict
}

/** Enough digits for any moment that a clock can show. */
const MOMENT_DIGITS = 16

const keyOf = ({ at, id = '' }: Conflict): string => `${String(Math.max(0, Math.trunc(at))).padStart(MOMENT_DIGITS, '0')}.${id}`

/** What is new against what has rows; a conflict that did not change is the same object. */
export const conflictPuts = (
  workflow: string,
  { facility, key, title, definition }: Summary,
  before: readonly Conflict[],
  now: readonly Conflict[],
): readonly Put[] =>
  now.flatMap((conflict, place) => {
    if (conflict.id === undefined || conflict === before[place]) return []
    const about = { id: conflict.id, workflow, facility, key, title, definition: definition.name }
    return [{ collection: CONFLICTS, key: keyOf(conflict), value: { ...about, open: isOpenConflict(conflict), conflict: plain(conflict) } }]
  })

export const conflictRemovals = (conflicts: readonly Conflict[]): readonly Removal[] =>
  conflicts.flatMap((conflict) => (conflict.id === undefined ? [] : [{ collection: CONFLICTS, key: keyOf(conflict) }]))

const plain = (conflict: Conflict): Json => JSON.parse(JSON.stringify(conflict))

/** Rows come back from a store as JSON; one written by this projection is recognised by its members. */
export const isConflictRow = (row: Json | undefined): row is ConflictRow =>
  isJsonObject(row) && typeof row.id === 'string' && typeof row.workflow === 'string' && isJsonObject(row.conflict ?? null)
