/** What a commit brought, as those who listen to the engine are told it. */
import type { LogEntry } from '../workflow/event.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { PaperUnit } from './papers.ts'
import type { Summary } from './summary.ts'
import type { Unit } from './unit.ts'

export interface Committed {
  /** Homes whose feeds grew, with the number of new entries by origin. */
  readonly feeds: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly summaries: readonly Summary[]
  readonly news: readonly News[]
  /** Catalogues and plans that changed. */
  readonly papers: readonly PaperUnit[]
}

/** What one workflow's log grew by. */
export interface News {
  readonly id: string
  readonly facility: string
  /** After the last of the entries. */
  readonly state: WorkflowState
  /** How many entries the log had before. */
  readonly from: number
  readonly entries: readonly LogEntry[]
  /** The whole log, read again. */
  log(): Iterable<LogEntry>
}

/** Takes what has become durable from the unit; nothing where its log did not grow. */
export const newsOf = (unit: Unit): News | undefined => {
  const { from, entries } = unit.committed()
  const { id, home: facility, state } = unit
  return state === undefined || entries.length === 0 ? undefined : { id, facility, state, from, entries, log: () => unit.entries() }
}
