/**
 * The simulator's store: in memory, with a disk that can lag, lie about space, and lose power.
 *
 *   commit ─▶ live image ─▶ unsynced, in order ─sync─▶ durable image ─▶ promise resolves
 *                                   └─crash─▶ a prefix survives, the rest is gone and its promises stay silent
 *
 * Readers see the live image, so a commit in flight is already visible to its own node; feeds are read from the durable image (S7). A sync makes everything before it durable too, as
 * the sync of a file does. Only whole commits survive: atomicity is the adapters' business, proven on real files.
 *
 *   F1  A commit whose promise resolved with `ok` outlives every crash.
 *   F2  What survives a crash is a prefix of what was committed.
 *   F3  `disk-full` changed nothing; `unknown-outcome` may have, and whichever it was is settled and durable by the time it resolves.
 *   F4  The same seed and the same calls give the same faults: an adapter's own luck never enters.
 */
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { type Batch, type CollectionSchema, type Query, type Store, type StoreError, StoreFailure } from '../ports/store.ts'
import { assertBatch, type Declared, declare } from '../store/declared.ts'
import { readDocument, readFeed, readFeedEnd, readRow, readRows } from '../store/memory/reads.ts'
import { applyBatch, copyTables, emptyTables, mismatchIn, type SealedBatch, sealBatch, type Tables } from '../store/memory/tables.ts'
import { err, ok, type Result } from '../values/result.ts'

/** Probabilities are per commit, from 0 to 1. */
export interface StoreFaults {
  readonly minSyncMs: number
  readonly maxSyncMs: number
  readonly diskFull: number
  readonly unknownOutcome: number
}

export const NO_STORE_FAULTS: StoreFaults = { minSyncMs: 0, maxSyncMs: 0, diskFull: 0, unknownOutcome: 0 }

export interface FaultyStoreOptions {
  readonly schemas: readonly CollectionSchema[]
  readonly generation: string
  readonly clock: Clock
  readonly random: Random
  readonly faults: StoreFaults
}

export interface FaultyStore extends Store {
  /** Ends this life of the store. A commit in flight never settles, as nobody is left to hear it; later calls find the store closed. */
  crash(): CrashedStore
}

export interface CrashedStore {
  /** Commits that took effect and did not survive. */
  readonly lostCommits: number
  /** With other declarations, where they are given. */
  reopen(schemas?: readonly CollectionSchema[]): FaultyStore
}

type Committed = Result<{ readonly group: number }, StoreError>

interface Unsynced {
  /** Absent when the commit failed and left nothing behind. */
  readonly batch?: SealedBatch
  readonly settle: () => void
}

export const openFaultyStore = (options: FaultyStoreOptions): FaultyStore => {
  const declared = declare(options.schemas)
  return new SimulatedStore(options, declared, emptyTables(declared))
}

class SimulatedStore implements FaultyStore {
  readonly generation: string
  readonly #options: FaultyStoreOptions
  readonly #declared: Declared
  readonly #durable: Tables
  readonly #live: Tables
  #unsynced: Unsynced[] = []
  #isClosed = false

  constructor(options: FaultyStoreOptions, declared: Declared, durable: Tables) {
    this.generation = options.generation
    this.#options = options
    this.#declared = declared
    this.#durable = durable
    this.#live = copyTables(durable)
  }

  async commit(batch: Batch): Promise<Committed> {
    if (this.#isClosed) return err(CLOSED)
    assertBatch(this.#declared, batch)
    const mismatch = mismatchIn(this.#live, batch)
    if (mismatch !== undefined) return err(mismatch)
    const sealed = sealBatch(this.#live, batch)
    if (this.#happens(this.#options.faults.diskFull)) return this.#synced(err(DISK_FULL))
    const isUnknown = this.#happens(this.#options.faults.unknownOutcome)
    if (isUnknown && this.#happens(0.5)) return this.#synced(err(UNKNOWN))
    const group = applyBatch(this.#live, sealed)
    return this.#synced(isUnknown ? err(UNKNOWN) : ok({ group }), sealed)
  }

  document = async (id: string) => readDocument(this.#open(), id)
  get = async (collection: string, key: string) => readRow(this.#open(), this.#declared, collection, key)
  list = async (collection: string, query: Query) => readRows(this.#open(), this.#declared, collection, query)
  feed = async (home: string, after: number, limit: number) => readFeed(this.#openDurable(), home, after, limit)
  feedEnd = async (home: string) => readFeedEnd(this.#openDurable(), home)

  /** An orderly end: everything is synced first. */
  async close(): Promise<void> {
    this.#sync(this.#unsynced.length)
    this.#isClosed = true
  }

  crash(): CrashedStore {
    const survivors = this.#options.random.u32() % (this.#unsynced.length + 1)
    const lost = this.#unsynced.slice(survivors).filter(({ batch }) => batch !== undefined)
    for (const { batch } of this.#unsynced.slice(0, survivors)) if (batch !== undefined) applyBatch(this.#durable, batch)
    this.#unsynced = []
    this.#isClosed = true
    return { lostCommits: lost.length, reopen: (schemas) => this.#next(schemas === undefined ? this.#declared : declare(schemas)) }
  }

  #next(declared: Declared): SimulatedStore {
    return new SimulatedStore(this.#options, declared, copyTables(this.#durable))
  }

  /** Resolves once a sync has covered the batch; syncs end in the order of the commits, whatever their delays. */
  #synced(result: Committed, batch?: SealedBatch): Promise<Committed> {
    const { clock, random, faults } = this.#options
    const spanMs = faults.maxSyncMs - faults.minSyncMs
    const delayMs = faults.minSyncMs + (spanMs > 0 ? random.u32() % (spanMs + 1) : 0)
    return new Promise((resolve) => {
      const entry: Unsynced = { ...(batch && { batch }), settle: () => resolve(result) }
      this.#unsynced.push(entry)
      clock.after(delayMs, () => this.#sync(this.#unsynced.indexOf(entry) + 1))
    })
  }

  #sync(count: number): void {
    for (const { batch, settle } of this.#unsynced.splice(0, count)) {
      if (batch !== undefined) applyBatch(this.#durable, batch)
      settle()
    }
  }

  #happens(probability: number): boolean {
    return probability > 0 && this.#options.random.u32() < probability * 2 ** 32
  }

  #open(): Tables {
    if (this.#isClosed) throw new StoreFailure(CLOSED)
    return this.#live
  }

  #openDurable(): Tables {
    if (this.#isClosed) throw new StoreFailure(CLOSED)
    return this.#durable
  }
}

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
const DISK_FULL: StoreError = { code: 'disk-full', message: 'injected' }
const UNKNOWN: StoreError = { code: 'unknown-outcome', message: 'injected' }
