/**
 * A store in one SQLite file: what gateways and the coordinator run on out of the box.
 *
 *   commit ─▶ expected versions ─▶ BEGIN ─▶ write ─▶ COMMIT (fsync) ─▶ ok
 *                    │                        │          ├─ full disk ──▶ rolled back, `disk-full`
 *                    ▼                        ▼          └─ else ───────▶ mended, `unknown-outcome`
 *            `version-mismatch`         rolled back
 *
 * A commit runs to its end within the call: commits can't overtake each other and reads never see half of one (S6). The price is that
 * the event loop waits for the disk, which is why a turn commits once.
 *
 * After a sync that failed, the kernel may hold pages that it will never write, and reads go on seeing them. Frames of the WAL that were
 * never synced must then not reach the database: a power cut in the middle of that checkpoint would leave half of them there and no WAL
 * to finish it from. The handle that failed still knows where the last synced commit ends, and nobody who opens the file later would. So
 * it cuts off the rest at once, empties the WAL, and is trusted again when a commit has reached the disk. Otherwise the store is closed.
 */
import type { Random } from '../../ports/random.ts'
import { type Batch, type CollectionSchema, type Store, type StoreError, StoreFailure } from '../../ports/store.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { assertBatch, assertCollection, assertLimit, assertQuery, type Declared, declare, versionMismatch } from '../declared.ts'
import { writeBatch } from './commit.ts'
import { readFailure, writeError } from './errors.ts'
import { Ledger } from './ledger.ts'
import { readDocument, readFeed, readRow, readRows } from './reads.ts'
import { Session, type SessionOptions } from './session.ts'
import { prepareTables, readMeta, writeMeta } from './tables.ts'

export interface SqliteStoreOptions {
  readonly path: string
  readonly schemas: readonly CollectionSchema[]
  /** For the generation of a file that is not there yet. */
  readonly random: Random
  /** Another build of SQLite, another size of WAL: what tests of power cuts ask for. */
  readonly session?: SessionOptions
}

type Committed = Result<{ readonly group: number }, StoreError>

/** Throws `StoreInUse` when the file is open elsewhere, `StoreFailure` when it is damaged. */
export const openSqliteStore = ({ path, schemas, random, session: options }: SqliteStoreOptions): Store => {
  const declared = declare(schemas)
  const session = new Session(path, options)
  try {
    prepareTables(session, declared, random)
    return new SqliteStore(declared, session)
  } catch (error) {
    session.close()
    throw readFailure(error, path)
  }
}

class SqliteStore implements Store {
  readonly generation: string
  readonly #declared: Declared
  readonly #path: string
  /** Absent once closed. */
  #session: Session | undefined
  #ledger: Ledger

  constructor(declared: Declared, session: Session) {
    this.#declared = declared
    this.#path = session.path
    this.#session = session
    this.#ledger = new Ledger(session)
    this.generation = this.#ledger.generation
  }

  async commit(batch: Batch): Promise<Committed> {
    const session = this.#session
    if (session === undefined) return err(CLOSED)
    assertBatch(this.#declared, batch)
    let isCommitting = false
    try {
      const mismatch = versionMismatch(batch.expected, (document) => this.#ledger.head(document)?.version ?? 0)
      if (mismatch !== undefined) return err(mismatch)
      session.sql('BEGIN IMMEDIATE').run()
      const group = writeBatch(session, this.#ledger, batch)
      isCommitting = true
      session.sql('COMMIT').run()
      return ok({ group })
    } catch (error) {
      return this.#failed(session, error, isCommitting)
    }
  }

  document = async (id: string) => this.#read((session) => readDocument(session, id))

  get = async (collection: string, key: string) => {
    assertCollection(this.#declared, collection)
    return this.#read((session) => readRow(session, collection, key))
  }

  list = async (collection: string, query: Parameters<Store['list']>[1]) => {
    assertQuery(this.#declared, collection, query)
    return this.#read((session) => readRows(session, collection, query))
  }

  feed = async (home: string, after: number, limit: number) => {
    assertLimit(limit)
    return this.#read((session) => readFeed(session, home, after, limit))
  }

  feedEnd = async (home: string) => this.#read(() => this.#ledger.end(home))

  async close(): Promise<void> {
    this.#session?.close()
    this.#session = undefined
  }

  #read<T>(read: (session: Session) => T): T {
    if (this.#session === undefined) throw new StoreFailure(CLOSED)
    try {
      return read(this.#session)
    } catch (error) {
      throw readFailure(error, this.#path)
    }
  }

  /** Undoes what was written, and says what the failure was; what is not the store's error is thrown on. */
  #failed(session: Session, error: unknown, isCommitting: boolean): Committed {
    const reason = writeError(error, this.#path)
    const isOutcomeKnown = !isCommitting || reason?.code === 'disk-full'
    if (!isOutcomeKnown || !this.#rollBack(session)) {
      this.#mend(session)
      return err({ code: 'unknown-outcome', message: String(error) })
    }
    if (reason === undefined) throw error
    return err(reason)
  }

  #rollBack(session: Session): boolean {
    try {
      if (session.database.isTransaction) session.database.exec('ROLLBACK')
      this.#ledger = new Ledger(session)
      return true
    } catch {
      return false
    }
  }

  /** What failed is not there afterwards, unless the power goes before the next commit: so its outcome stays unknown. */
  #mend(session: Session): void {
    this.#session = undefined
    try {
      session.dropUnsynced()
      session.emptyWal()
      session.transaction(() => writeMeta(session, readMeta(session)))
      this.#ledger = new Ledger(session)
      this.#session = session
    } catch {
      // Still unusable: every later call says so, and the next open recovers from what the disk holds.
      session.close()
    }
  }
}

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
