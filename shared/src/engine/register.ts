/**
 * The workflows of a node as its store's rows tell of them. Memory holds no row: what is asked for is read, between two turns, so that
 * nobody is told what is not durable yet. Only the counts of each home are at hand.
 */
import type { Belief, Row, Store } from '../ports/store.ts'
import { ASKED, type AskedRow, isAskedRow } from './asked.ts'
import type { Books } from './books.ts'
import { CHECKPOINTS, type CheckpointRow, checkpointKey, isCheckpointRow } from './checkpoints.ts'
import { CONFLICTS, type ConflictRow, isConflictRow } from './conflict-rows.ts'
import { isPaperRow, PAPERS, type PaperRow } from './paper-rows.ts'
import { rowsOf, unlessDamaged } from './rows.ts'
import { COUNTS, NONE, OPEN, type OutcomeCount, parseCounts, parseOpenRow } from './standing.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'

type Between = <T>(read: () => Promise<T>) => Promise<T>

/** What a new life has read before it begins. */
export interface AtStart {
  readonly counts: Map<string, OutcomeCount>
  /** Rows of the workflows that wait for another one. */
  readonly waiting: Summary[]
  /** On a store that others write to as well: where all feeds ended before anything was read. */
  readonly seen?: ReadonlyMap<string, number> | undefined
}

export class Register {
  readonly #store: Store
  /** Reads between two turns: what it finds is durable. */
  readonly between: Between
  readonly #counts: Map<string, OutcomeCount>
  readonly #waiting: Summary[]
  readonly #uncounted = new Set<string>()

  constructor(store: Store, between: Between, { counts, waiting }: AtStart) {
    this.#store = store
    this.between = between
    this.#counts = counts
    this.#waiting = waiting
  }

  /** All of them: to be asked for seldom. */
  async *all(): AsyncGenerator<Summary> {
    for await (const { value } of this.#rowsOf(WORKFLOWS)) if (isSummary(value)) yield value
  }

  /** Those that are open and not parked. */
  async *atWork(): AsyncGenerator<Summary> {
    for await (const { key, value } of this.#rowsOf(OPEN)) {
      const summary = parseOpenRow(value)?.parked === false ? await unlessDamaged(this.one(key)) : undefined
      if (summary !== undefined) yield summary
    }
  }

  one(workflow: string): Promise<Summary | undefined> {
    return this.between(() => this.now(workflow))
  }

  /** For use within a turn: it may say what is not durable yet. */
  async now(workflow: string): Promise<Summary | undefined> {
    const row = await this.#store.get(WORKFLOWS, workflow)
    return isSummary(row) ? row : undefined
  }

  /** What people are asked, by the workflows that ask anything. */
  async *asked(): AsyncGenerator<AskedRow> {
    for await (const { value } of this.#rowsOf(ASKED)) if (isAskedRow(value)) yield value
  }

  /** Catalogues and plans. */
  async *papers(): AsyncGenerator<PaperRow> {
    for await (const { value } of this.#rowsOf(PAPERS)) if (isPaperRow(value)) yield value
  }

  paper(id: string): Promise<PaperRow | undefined> {
    return this.between(async () => {
      const row = await this.#store.get(PAPERS, id)
      return isPaperRow(row) ? row : undefined
    })
  }

  /** Conflicts in the order of their finding, a page at a time; only those still to be settled, if asked. */
  conflicts(
    after: string | undefined,
    openOnly: boolean,
    limit: number,
  ): Promise<readonly { readonly key: string; readonly row: ConflictRow }[]> {
    const where = openOnly ? { where: { index: 'open', equals: true } as const } : {}
    return this.between(async () => {
      const rows = await this.#store.list(CONFLICTS, { limit, ...where, ...(after === undefined ? {} : { afterKey: after }) })
      return rows.flatMap(({ key, value }) => (isConflictRow(value) ? [{ key, row: value }] : []))
    })
  }

  conflict(id: string): Promise<ConflictRow | undefined> {
    return this.between(async () => {
      const [found] = await this.#store.list(CONFLICTS, { where: { index: 'id', equals: id }, limit: 1 })
      return isConflictRow(found?.value) ? found.value : undefined
    })
  }

  /** What was kept with the checkpoint at that position of the log, where this node made it. */
  checkpoint(workflow: string, position: number): Promise<CheckpointRow | undefined> {
    return this.between(async () => {
      const row = await this.#store.get(CHECKPOINTS, checkpointKey(workflow, position))
      return isCheckpointRow(row) ? row : undefined
    })
  }

  /** Those that waited for another one when this life began; told once. */
  waiting(): readonly Summary[] {
    return this.#waiting.splice(0)
  }

  /** How many workflows of a home are open, and how the others ended. */
  countsOf(home: string): OutcomeCount {
    return this.#counts.get(home) ?? NONE
  }

  committed({ counts }: Books): void {
    for (const [home, count] of counts) this.#counts.set(home, count)
  }

  /** The store has the last word: after a commit that failed, and where others write to it as well. */
  recount(homes: Iterable<string>): Promise<void> {
    for (const home of homes) this.#uncounted.add(home)
    return this.settle()
  }

  /** What could not be counted then, because the store did not answer, is counted before anything is built on it. */
  async settle(): Promise<void> {
    for (const home of this.#uncounted) {
      const row = await this.#store.get(COUNTS, home)
      if (row === undefined) this.#counts.delete(home)
      else this.#counts.set(home, parseCounts(row))
      this.#uncounted.delete(home)
    }
  }

  /** The counts that this turn's were made from, as rows. */
  beliefsOf({ counts }: Books): readonly Belief[] {
    return [...counts.keys()].map((key) => ({ collection: COUNTS, key, value: this.#counts.get(key) }))
  }

  #rowsOf(collection: string): AsyncGenerator<Row> {
    return rowsOf({ list: (name, query) => this.between(() => this.#store.list(name, query)) }, collection)
  }
}
