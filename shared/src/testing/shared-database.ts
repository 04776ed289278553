/**
 * The simulator's database server: one set of tables, and a handle on it for each process that shares it, as coordinators share a
 * PostgreSQL.
 *
 *   commit ─▶ handle's queue, in order ─(way)─▶ judged and applied at once, durable ─(way back)─▶ answer ─▶ hints to the other handles
 *                 │                                 │                                     │
 *                 │ server down, refused            │ versions, rows: mismatch            │ lost on the way, server or handle gone
 *                 ▼ `unavailable`                   ▼ `version-mismatch` …                ▼ `unknown-outcome`; it may have been applied
 *
 *   D1  What was answered `ok` is in the tables, and stays there: a server that goes down loses nothing that it applied.
 *   D2  `unavailable` changed nothing. `unknown-outcome` was settled before it is told.
 *   D3  Handles see each other's commits as soon as they are applied, before their answers arrive.
 *   D4  The same seed and the same calls give the same faults.
 */
import type { Clock } from '../ports/clock.ts'
import type { Change, Neighbours, SharedStore } from '../ports/neighbours.ts'
import type { Random } from '../ports/random.ts'
import { type Batch, type CollectionSchema, type Query, type StoreError, StoreFailure } from '../ports/store.ts'
import { assertBatch, type Declared, declare } from '../store/declared.ts'
import { readDocument, readFeed, readFeedEnd, readRow, readRows } from '../store/memory/reads.ts'
import { applyBatch, emptyTables, mismatchIn, sealBatch, type Tables } from '../store/memory/tables.ts'
import { err, ok, type Result } from '../values/result.ts'

/** Probabilities are per commit, from 0 to 1. */
export interface DatabaseFaults {
  /** One way, between process and server. */
  readonly minWayMs: number
  readonly maxWayMs: number
  /** The server refuses to put it in order with others, again and again. */
  readonly unavailable: number
  /** The answer is lost. */
  readonly unknownOutcome: number
  readonly lostHints: number
}

export const NO_DATABASE_FAULTS: DatabaseFaults = { minWayMs: 0, maxWayMs: 0, unavailable: 0, unknownOutcome: 0, lostHints: 0 }

export interface SharedDatabaseOptions {
  readonly schemas: readonly CollectionSchema[]
  readonly generation: string
  readonly random: Random
  readonly faults: DatabaseFaults
}

export interface Handle extends SharedStore {
  /** The process is gone: no answer reaches it any more. What it had sent may have been applied. */
  crash(): void
}

type Committed = Result<{ readonly group: number }, StoreError>

export class SharedDatabase {
  readonly options: SharedDatabaseOptions
  readonly declared: Declared
  readonly tables: Tables
  faults: DatabaseFaults
  readonly #handles = new Set<SimulatedHandle>()
  #isDown = false

  constructor(options: SharedDatabaseOptions) {
    this.options = options
    this.faults = options.faults
    this.declared = declare(options.schemas)
    this.tables = emptyTables(this.declared)
  }

  /** @param clock the process's own */
  open(clock: Clock): Handle {
    const handle = new SimulatedHandle(this, clock)
    this.#handles.add(handle)
    return handle
  }

  get isDown(): boolean {
    return this.#isDown
  }

  /** Every answer that is on its way is lost. */
  stop(): void {
    this.#isDown = true
    for (const handle of this.#handles) handle.loseAnswers()
  }

  start(): void {
    this.#isDown = false
  }

  forget(handle: SimulatedHandle): void {
    this.#handles.delete(handle)
  }

  hint(from: SimulatedHandle): void {
    for (const handle of this.#handles) if (handle !== from && !this.happens(this.faults.lostHints)) handle.hear()
  }

  happens(probability: number): boolean {
    return probability > 0 && this.options.random.u32() < probability * 2 ** 32
  }

  wayMs(): number {
    const { minWayMs, maxWayMs } = this.faults
    return maxWayMs > minWayMs ? minWayMs + (this.options.random.u32() % (maxWayMs - minWayMs + 1)) : minWayMs
  }
}

class SimulatedHandle implements Handle, Neighbours {
  readonly #database: SharedDatabase
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  readonly #awaited = new Set<(outcome: Committed) => void>()
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(database: SharedDatabase, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  get generation(): string {
    return this.#database.options.generation
  }

  get neighbours(): Neighbours {
    return this
  }

  async commit(batch: Batch): Promise<Committed> {
    if (this.#isClosed) return err(CLOSED)
    assertBatch(this.#database.declared, batch)
    // Taken now: the caller may change what it handed in while earlier commits are under way.
    const own = structuredClone(batch)
    const committing = this.#last.then(() => this.#send(own))
    this.#last = committing.catch(() => {})
    return committing
  }

  document = async (id: string) => readDocument(this.#tables(), id)
  get = async (collection: string, key: string) => readRow(this.#tables(), this.#database.declared, collection, key)
  list = async (collection: string, query: Query) => readRows(this.#tables(), this.#database.declared, collection, query)
  feed = async (home: string, after: number, limit: number) => readFeed(this.#tables(), home, after, limit)
  feedEnd = async (home: string) => readFeedEnd(this.#tables(), home)

  ends = async () => new Map([...this.#tables().feeds].map(([home, entries]) => [home, entries.length]))

  changes = async (home: string, after: number, limit: number): Promise<readonly Change[]> => {
    const { feeds, documents } = this.#tables()
    const numberOf = (document: string, sequence: number): number =>
      1 + (documents.get(document)?.entries.findIndex((entry) => entry.sequence === sequence) ?? 0)
    return (feeds.get(home) ?? [])
      .slice(after, after + limit)
      .map(({ sequence, group, document, origin }) => ({ sequence, group, document, origin, version: numberOf(document, sequence) }))
  }

  onHint = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    this.#database.forget(this)
  }

  crash(): void {
    this.#isClosed = true
    this.#awaited.clear()
    this.#listeners.clear()
    this.#database.forget(this)
  }

  loseAnswers(): void {
    for (const answer of [...this.#awaited]) answer(err(UNKNOWN))
  }

  hear(): void {
    for (const listener of this.#listeners) this.#clock.after(this.#database.wayMs(), listener)
  }

  #send(batch: Batch): Promise<Committed> {
    const database = this.#database
    return new Promise((resolve, reject) => {
      const answer = (outcome: Committed): void => {
        if (this.#awaited.delete(answer)) resolve(outcome)
      }
      this.#awaited.add(answer)
      this.#onWay(() => {
        if (database.isDown || database.happens(database.faults.unavailable)) return answer(err(UNAVAILABLE))
        const isLost = database.happens(database.faults.unknownOutcome)
        const isDropped = isLost && database.happens(0.5)
        try {
          const outcome = isDropped ? err(UNKNOWN) : this.#apply(batch)
          this.#onWay(() => answer(isLost && outcome.ok ? err(UNKNOWN) : outcome))
        } catch (breach) {
          this.#awaited.delete(answer)
          reject(breach)
        }
      })
    })
  }

  #apply(batch: Batch): Committed {
    const { tables } = this.#database
    const mismatch = mismatchIn(tables, batch)
    if (mismatch !== undefined) return err(mismatch)
    const group = applyBatch(tables, sealBatch(tables, batch))
    if (batch.appends.length + (batch.believed?.length ?? 0) > 0) this.#database.hint(this)
    return ok({ group })
  }

  /** No way at all takes no event of the clock: a test without faults has nothing to advance. */
  #onWay(then: () => void): void {
    const ms = this.#database.wayMs()
    if (ms === 0) then()
    else this.#clock.after(ms, then)
  }

  #tables(): Tables {
    if (this.#isClosed) throw new StoreFailure(CLOSED)
    if (this.#database.isDown) throw new StoreFailure(UNAVAILABLE)
    return this.#database.tables
  }
}

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
const UNAVAILABLE: StoreError = { code: 'unavailable', message: 'injected' }
const UNKNOWN: StoreError = { code: 'unknown-outcome', message: 'injected' }
