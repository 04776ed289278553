/**
 * The rows that one turn writes beside its documents: each changed workflow's own row, and those of standing.ts where they say something
 * new. What they say is remembered by the unit only after the commit; a turn that fails leaves nothing behind.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Put, Removal } from '../ports/store.ts'
import type { Json } from '../values/json.ts'
import type { Conflict, WorkflowState } from '../workflow/state.ts'
import type { Wanted } from '../workflow/want.ts'
import { ASKED, type AskedRow } from './asked.ts'
import { checkpointRows } from './checkpoints.ts'
import { conflictPuts } from './conflict-rows.ts'
import { dueKey } from './due-key.ts'
import { ENDED } from './retired.ts'
import { COUNTS, dropCount, isParked, moveCount, OPEN, type OpenRow, type Outcome, type OutcomeCount, outcomeOf } from './standing.ts'
import { type Summary, WORKFLOWS } from './summary.ts'
import type { Unit } from './unit.ts'

/** What the store's rows say of a workflow, as far as this process knows. */
export interface HeldRows {
  readonly outcome: Outcome | undefined
  /** The text of its row among the open ones, empty where it has none; undefined while nobody has looked. */
  readonly open: string | undefined
  /** The same of what it asks people. */
  readonly asked: string | undefined
  /** The conflicts that have rows. */
  readonly conflicts: readonly Conflict[]
}

export class Books {
  readonly puts: Put[] = []
  readonly removals: Removal[] = []
  readonly summaries = new Map<Unit, Summary>()
  readonly counts = new Map<string, OutcomeCount>()
  readonly #rows = new Map<Unit, HeldRows>()
  readonly #countsOf: (home: string) => OutcomeCount

  constructor(countsOf: (home: string) => OutcomeCount) {
    this.#countsOf = countsOf
  }

  /** @param wanted of a workflow whose authority this node is, under a definition that it knows */
  enter(unit: Unit, summary: Summary, wanted: Wanted | undefined, asked: AskedRow | undefined): void {
    this.summaries.set(unit, summary)
    this.puts.push({ collection: WORKFLOWS, key: unit.id, value: summary })
    const outcome = unit.state === undefined ? 'open' : outcomeOf(unit.state.status)
    // One that has ended and has proposals waiting is looked at by the next life as well: nobody else would judge them.
    const open = summary.open || summary.proposals > 0 ? openRow(summary, wanted) : undefined
    const conflicts = unit.state?.conflicts ?? []
    const rows = { outcome, open: textOf(open), asked: textOf(asked), conflicts }
    if (conflicts !== unit.rows.conflicts) this.puts.push(...conflictPuts(unit.id, summary, unit.rows.conflicts, conflicts))
    if (rows.open !== unit.rows.open) this.#enter(OPEN, unit.id, open)
    if (rows.asked !== unit.rows.asked) this.#enter(ASKED, unit.id, asked)
    if (outcome !== unit.rows.outcome) this.#count(unit, outcome)
    if (!summary.open) this.puts.push({ collection: ENDED, key: dueKey(summary.endedAt ?? summary.updatedAt, unit.id), value: {} })
    this.#rows.set(unit, rows)
  }

  /** It is deleted, and counts no more. */
  forget({ home, rows: { outcome } }: Unit): void {
    if (outcome !== undefined) this.counts.set(home, dropCount(this.counts.get(home) ?? this.#countsOf(home), outcome))
  }

  /** A decision was staged that may have made checkpoints. */
  keepCheckpoints(definition: CompiledDefinition, workflow: string, before: WorkflowState | undefined, after: WorkflowState): void {
    if (before?.checkpoints === after.checkpoints) return
    const { puts, removals } = checkpointRows(definition, workflow, before, after)
    this.puts.push(...puts)
    this.removals.push(...removals)
  }

  #enter(collection: string, key: string, row: Json | undefined): void {
    if (row === undefined) this.removals.push({ collection, key })
    else this.puts.push({ collection, key, value: row })
  }

  #count({ home, rows }: Unit, outcome: Outcome): void {
    this.counts.set(home, moveCount(this.counts.get(home) ?? this.#countsOf(home), rows.outcome, outcome))
  }

  /** When all is entered: everything to be written. */
  rows(): { readonly puts: readonly Put[]; readonly removals: readonly Removal[] } {
    const counts = [...this.counts].map(([key, value]) => ({ collection: COUNTS, key, value }))
    return { puts: [...this.puts, ...counts], removals: this.removals }
  }

  /** After the commit. */
  committed(): void {
    for (const [unit, rows] of this.#rows) unit.rows = rows
  }
}

const textOf = (row: Json | undefined): string => (row === undefined ? '' : JSON.stringify(row))

const openRow = ({ facility: home, proposals, waits }: Summary, wanted: Wanted | undefined): OpenRow => {
  const parked = wanted !== undefined && proposals === 0 && isParked(wanted)
  return {
    home,
    parked,
    waits: waits.length > 0,
    ...(parked && wanted.wakeAt !== undefined ? { wakeAt: wanted.wakeAt } : {}),
  }
}
