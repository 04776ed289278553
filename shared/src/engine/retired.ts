/**
 * Where an ended workflow stands on its way out (D4), in rows that are due in the order of their keys:
 *
 *   ended ──archive──▶ archived ──erase──▶ gone
 *
 *   ended, archived   ⟨when it ended⟩ ⟨its id⟩ → whose it is
 *   gone              its id → what is left of it: key, number of entries, head of its chain
 *
 * A row may be out of date — the workflow was reopened, or ended again — so whoever acts on one looks at the workflow first.
 */
import { isJsonObject, type Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'

export const ENDED = 'ended'
export const ARCHIVED = 'archived'
export const GONE = 'gone'

export interface GoneRow {
  readonly home: string
  readonly key: string
  readonly length: number
  readonly head: string
}

export const parseGone = (row: Json): GoneRow | undefined => {
  if (!isJsonObject(row)) return undefined
  const { home, key, length, head } = row
  if (typeof home !== 'string' || typeof key !== 'string' || typeof length !== 'number' || typeof head !== 'string') return undefined
  return { home, key, length, head }
}

export const goneRefusal = (workflow: string): Refusal =>
  refusal('give-up', 'gone', `${workflow} has ended and was deleted; its key stays taken.`)
