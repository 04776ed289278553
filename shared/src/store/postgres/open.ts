/**
 * A store in PostgreSQL: what the coordinator runs on when it must be more than one process. Several handles, of several processes, may be
 * open on one schema: each commit locks the rows of the homes it appends to, so their feeds stay gap-free and in order (S3), and compares
 * the versions it rests on under that lock (S2). With `synchronous_commit` a transaction is visible to nobody before it is on disk (S7).
 *
 * Commits of one handle are made one after the other, in the order they were called (S6). A read at that moment sees those that resolved.
 */
import type { SharedStore } from '../../ports/neighbours.ts'
import type { Random } from '../../ports/random.ts'
import { type Batch, type CollectionSchema, type Store, type StoreError, StoreFailure } from '../../ports/store.ts'
import { err } from '../../values/result.ts'
import { assertBatch, assertCollection, assertLimit, assertQuery, type Declared, declare } from '../declared.ts'
import type { Written } from './commit.ts'
import { Committer } from './committer.ts'
import type { PostgresDatabase, Sql } from './database.ts'
import { readFailure } from './errors.ts'
import { PostgresNeighbours } from './neighbours.ts'
import { readDocument, readFeed, readFeedEnd, readRow, readRows } from './reads.ts'
import { prepareTables } from './tables.ts'

export interface PostgresStoreOptions {
  /** Closed with the store, and when it can't be opened. */
  readonly database: PostgresDatabase
  readonly schemas: readonly CollectionSchema[]
  /** For the generation of a schema that is not there yet, and to keep those apart that try again. */
  readonly random: Random
}

export const openPostgresStore = async ({ database, schemas, random }: PostgresStoreOptions): Promise<SharedStore> => {
  const declared = declare(schemas)
  try {
    await database.check()
    const generation = await prepareTables(database, declared, random)
    return new PostgresStore(database, declared, generation, random)
  } catch (error) {
    await database.close()
    throw error
  }
}

class PostgresStore implements SharedStore {
  readonly generation: string
  readonly neighbours: PostgresNeighbours
  readonly #database: PostgresDatabase
  readonly #declared: Declared
  readonly #committer: Committer
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(database: PostgresDatabase, declared: Declared, generation: string, random: Random) {
    this.#database = database
    this.#declared = declared
    this.#committer = new Committer(database, declared, random)
    this.generation = generation
    this.neighbours = new PostgresNeighbours(database, random)
  }

  async commit(batch: Batch): Promise<Written> {
    if (this.#isClosed) return err(CLOSED)
    assertBatch(this.#declared, batch)
    // Taken now: the caller may change its arrays while earlier commits are under way.
    const own = snapshotOf(batch)
    const committing = this.#last.then(() => this.#commit(own))
    this.#last = committing.catch(() => {})
    return committing
  }

  async #commit(batch: Batch): Promise<Written> {
    const written = await this.#committer.commit(batch)
    const mayBeNews = written.ok || written.error.code === 'unknown-outcome'
    if (mayBeNews && isForOthers(batch)) this.neighbours.tell()
    return written
  }

  document = (id: string) => this.#read((sql) => readDocument(sql, id))

  get = async (collection: string, key: string) => {
    assertCollection(this.#declared, collection)
    return (await this.#read((sql) => readRow(sql, collection, key)))?.value
  }

  list = async (collection: string, query: Parameters<Store['list']>[1]) => {
    assertQuery(this.#declared, collection, query)
    return this.#read((sql) => readRows(sql, collection, query))
  }

  feed = async (home: string, after: number, limit: number) => {
    assertLimit(limit)
    return this.#read((sql) => readFeed(sql, home, after, limit))
  }

  feedEnd = (home: string) => this.#read((sql) => readFeedEnd(sql, home))

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last
    this.neighbours.close()
    await this.#database.close()
  }

  async #read<T>(read: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new StoreFailure(CLOSED)
    try {
      return await read(this.#database)
    } catch (error) {
      throw readFailure(error)
    }
  }
}

/** What rests on rows is what others rest on too. */
const isForOthers = ({ appends, believed = [] }: Batch): boolean => appends.length + believed.length > 0

const snapshotOf = ({ appends, puts, removals, expected, archive, erase, believed }: Batch): Batch => ({
  appends: appends.map((append) => ({ ...append, update: append.update.slice() })),
  puts: puts.map((put) => ({ ...put, value: JSON.parse(JSON.stringify(put.value)) })),
  removals: [...removals],
  expected: new Map(expected),
  archive: [...(archive ?? [])],
  erase: [...(erase ?? [])],
  believed: structuredClone(believed ?? []),
})

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
