/** The conflict log of a node, out of its engine's rows. */

import type { News } from '../engine/committed.ts'
import type { ConflictRow } from '../engine/conflict-rows.ts'
import type { Engine } from '../engine/engine.ts'
import type { ConflictCase } from './conflict-views.ts'
import type { ListPosition } from './listing.ts'

export interface ConflictQuery {
  /** What the caller may see. */
  readonly facilities: '*' | readonly string[]
  readonly facility?: string
  readonly workflow?: string
  readonly kind?: string
  readonly rule?: string
  readonly state: 'open' | 'all'
  readonly limit: number
  readonly after?: ListPosition
}

export interface ConflictPage {
  readonly items: readonly ConflictCase[]
  readonly next?: ListPosition
}

export interface Conflicts {
  /** In the order in which they were found. */
  list(query: ConflictQuery): Promise<ConflictPage>
  one(id: string): Promise<ConflictCase | undefined>
}

const PAGE = 200

export const conflictsOf = ({ register }: Pick<Engine, 'register'>): Conflicts => ({
  list: async (query) => {
    const items: ConflictCase[] = []
    let after = query.after?.id
    for (;;) {
      const rows = await register.conflicts(after, query.state === 'open', PAGE)
      for (const { key, row } of rows) {
        if (fits(query, row)) {
          if (items.length === query.limit) return { items, next: { value: '', id: after ?? '' } }
          items.push(row)
        }
        after = key
      }
      if (rows.length < PAGE) return { items }
    }
  },
  one: (id) => register.conflict(id),
})

const fits = ({ facilities, facility, workflow, kind, rule }: ConflictQuery, row: ConflictRow): boolean =>
  (facilities === '*' || facilities.includes(row.facility)) &&
  (facility ?? row.facility) === row.facility &&
  (workflow ?? row.workflow) === row.workflow &&
  (kind ?? row.conflict.kind) === row.conflict.kind &&
  (rule ?? row.conflict.rule) === row.conflict.rule

/** Ids of the conflicts that a commit has found or settled. */
export const conflictsIn = ({ entries }: News): readonly string[] =>
  entries.flatMap(({ event }) => {
    if (event.type === 'conflict') return event.id === undefined ? [] : [event.id]
    return event.type === 'conflict-settled' ? [event.conflict] : []
  })
