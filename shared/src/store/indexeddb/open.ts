/**
 * A store in a database of the browser: what tablets run on.
 *
 *   commit ─▶ waits for the one before ─▶ expected versions ─▶ write ─▶ complete (flushed) ─▶ ok
 *                                                │               ├─ quota ──▶ aborted, `disk-full`
 *                                                ▼               └─ else ───▶ reopened, `unknown-outcome`
 *                                        `version-mismatch`
 *
 * One commit at a time, in the order of the calls (S6); reads go beside them, and the browser lets none see a transaction before it is
 * complete. After an unknown outcome the database is opened again, which decides whether the commit is there; when that fails, or the
 * browser has thrown the data away meanwhile, the store is closed.
 */
import type { Random } from '../../ports/random.ts'
import { type Batch, type CollectionSchema, type Query, type Store, type StoreError, StoreFailure } from '../../ports/store.ts'
import { err, ok, type Result } from '../../values/result.ts'
import {
  assertBatch,
  assertCollection,
  assertLimit,
  assertQuery,
  type Declared,
  declare,
  rowMismatch,
  versionMismatch,
} from '../declared.ts'
import { cutLoose, type LooseBatch, writeBatch } from './commit.ts'
import { CLOSED, readFailure, writeError } from './errors.ts'
import { Ledger } from './ledger.ts'
import { livesOf, noteLife } from './lives.ts'
import { lastSequence, readDocument, readFeed, readRow, readRows } from './reads.ts'
import { corrupt } from './seal.ts'
import { Session } from './session.ts'
import { type Meta, prepareTables, readMeta, TABLES } from './tables.ts'

export interface IndexedDbStoreOptions {
  /** Of the database, within the page's origin. */
  readonly name: string
  readonly schemas: readonly CollectionSchema[]
  /** For the generation of a database that is not there yet. */
  readonly random: Random
  /** Begins a new life where the browser has thrown the last one away, instead of saying so. */
  readonly startAnew?: boolean
}

export interface IndexedDbStore extends Store {
  /** Whether the browser promises not to throw the data away when space runs short. It may ask its user, so nothing waits for it. */
  readonly isPersistent: Promise<boolean>
}

type Committed = Result<{ readonly group: number }, StoreError>

/** Throws `StoreInUse` when another tab has it open, `StoreFailure` when it is damaged or was thrown away. */
export const openIndexedDbStore = async ({ name, schemas, random, startAnew = false }: IndexedDbStoreOptions): Promise<IndexedDbStore> => {
  const declared = declare(schemas)
  const session = await Session.open(name, TABLES)
  try {
    const meta = await prepareTables(session, declared, random, startAnew ? [] : await livesOf(name))
    await noteLife(name, meta.generation)
    return new OpenStore(declared, session, meta)
  } catch (error) {
    session.close()
    throw readFailure(error, name)
  }
}

class OpenStore implements IndexedDbStore {
  readonly generation: string
  readonly isPersistent = askToPersist()
  readonly #declared: Declared
  /** Absent once closed. */
  #session: Session | undefined
  /** Absent while a commit is under way and after one that failed. */
  #ledger: Ledger | undefined
  /** Settles, never rejecting, when all commits called so far have ended. */
  #last: Promise<unknown> = Promise.resolve()
  #isClosing = false

  constructor(declared: Declared, session: Session, meta: Meta) {
    this.#declared = declared
    this.#session = session
    this.#ledger = new Ledger(meta)
    this.generation = meta.generation
  }

  async commit(batch: Batch): Promise<Committed> {
    if (this.#isClosing) return err(CLOSED)
    assertBatch(this.#declared, batch)
    const loose = cutLoose(this.#declared, batch)
    const committed = this.#last.then(() => this.#commit(loose))
    this.#last = committed.catch(() => undefined)
    return committed
  }

  document = (id: string) => this.#read(`document ${id}`, (session) => readDocument(session, id))

  get = async (collection: string, key: string) => {
    assertCollection(this.#declared, collection)
    return this.#read(`row ${collection}/${key}`, (session) => readRow(session, collection, key))
  }

  list = async (collection: string, query: Query) => {
    assertQuery(this.#declared, collection, query)
    return this.#read(`collection ${collection}`, (session) => readRows(session, collection, query))
  }

  feed = async (home: string, after: number, limit: number) => {
    assertLimit(limit)
    return this.#read(`feed ${home}`, (session) => readFeed(session, home, after, limit))
  }

  feedEnd = (home: string) => this.#read(`feed ${home}`, (session) => lastSequence(session, home))

  /** After what was called before has ended. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#last
    this.#session?.close()
    this.#session = undefined
  }

  async #read<T>(where: string, read: (session: Session) => Promise<T>): Promise<T> {
    if (this.#session === undefined || this.#isClosing) throw new StoreFailure(CLOSED)
    try {
      return await read(this.#session)
    } catch (error) {
      throw readFailure(error, where)
    }
  }

  async #commit(batch: LooseBatch): Promise<Committed> {
    const session = this.#session
    if (session === undefined) return err(CLOSED)
    try {
      const ledger = this.#ledger ?? new Ledger(await this.#meta(session))
      this.#ledger = undefined
      const committed = await session.transaction(() => commitWith(session, ledger, batch))
      this.#ledger = ledger
      return committed
    } catch (error) {
      return this.#failed(session, error)
    }
  }

  /** Says what the failure was, having mended what can be mended; what is not the store's error is thrown on. */
  async #failed(session: Session, error: unknown): Promise<Committed> {
    const reason = writeError(error)
    if (reason === undefined) throw error
    if (reason.code === 'unknown-outcome') await this.#mend(session)
    return err(reason)
  }

  async #mend(session: Session): Promise<void> {
    try {
      await session.reopen()
      this.#ledger = new Ledger(await this.#meta(session))
    } catch {
      // Still unusable: the store stays closed, every later call says so, and the next open finds what the browser holds.
      session.close()
      this.#session = undefined
    }
  }

  /** Of the data this store was opened on: another life's must not be taken for it (S4). */
  async #meta(session: Session): Promise<Meta> {
    const meta = await readMeta(session)
    if (meta?.generation === this.generation) return meta
    throw corrupt('meta', 'the browser has thrown the data away')
  }
}

const commitWith = async (session: Session, ledger: Ledger, batch: LooseBatch): Promise<Committed> => {
  const homes = batch.appends.map(({ home }) => home)
  await ledger.fill(session, [...batch.expected.keys(), ...batch.appends.map(({ document }) => document)], homes)
  const mismatch = versionMismatch(batch.expected, (document) => ledger.head(document)?.version ?? 0)
  if (mismatch !== undefined) return err(mismatch)
  for (const belief of batch.believed) {
    const moved = rowMismatch(belief, await readRow(session, belief.collection, belief.key))
    if (moved !== undefined) return err(moved)
  }
  return ok({ group: await writeBatch(session, ledger, batch) })
}

/** Only a page may ask; a worker is told how things stand. */
const askToPersist = (): Promise<boolean> => ('document' in globalThis ? navigator.storage.persist() : navigator.storage.persisted())
