/**
 * A store in one SQLite file: what gateways and the coordinator run on out of the box.
 *
 *   commit ─▶ expected versions ─▶ BEGIN ─▶ write ─▶ COMMIT (fsync) ─▶ ok
 *                    │                        │          ├─ full disk ──▶ cut off, `disk-full`
 *                    ▼                        ▼          └─ else ───────▶ mended, `unknown-outcome`
 *            `version-mismatch`         rolled back
 *
 * A commit runs to its end within the call: commits can't overtake each other and reads never see half of one (S6). The price is that
 * the event loop waits for the disk, which is why a turn commits once.
 *
 * A commit that failed may lie in the WAL all the same, whole but for its padding: on a full disk that is what found no room. It is cut
 * off at once, or the next open would bring it back.
 *
 * After a sync that failed, the kernel may hold pages that it will never write, and reads go on seeing them. Frames of the WAL that were
 * never synced must then not reach the database: a power cut in the middle of that checkpoint would leave half of them there and no WAL
 * to finish it from. The handle that failed still knows where the last synced commit ends, and nobody who opens the file later would. So
 * it cuts off the rest at once, empties the WAL, and is trusted again when a commit has reached the disk. Otherwise it is closed, and the
 * next call tries to open another.
 */
import type { Random } from '../../ports/random.ts'
import { type Batch, type CollectionSchema, type Store, type StoreError, StoreFailure } from '../../ports/store.ts'
import { err, ok, type Result } from '../../values/result.ts'
import {
  assertBatch,
  assertCollection,
  assertLimit,
  assertQuery,
  type Declared,
  declare,
  firstRowMismatch,
  versionMismatch,
} from '../declared.ts'
import { writeBatch } from './commit.ts'
import { openFailure, readFailure, writeError } from './errors.ts'
import { Ledger } from './ledger.ts'
import { readDocument, readFeed, readRow, readRows } from './reads.ts'
import { corrupt } from './seal.ts'
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
    return new SqliteStore(declared, session, options)
  } catch (error) {
    session.close()
    throw openFailure(error, path)
  }
}

class SqliteStore implements Store {
  readonly generation: string
  readonly #declared: Declared
  readonly #path: string
  readonly #options: SessionOptions | undefined
  /** Absent when the last one could not be mended, and once the store is closed. */
  #session: Session | undefined
  #isClosed = false
  #ledger: Ledger

  constructor(declared: Declared, session: Session, options: SessionOptions | undefined) {
    this.#declared = declared
    this.#path = session.path
    this.#options = options
    this.#session = session
    this.#ledger = new Ledger(session)
    this.generation = this.#ledger.generation
  }

  async commit(batch: Batch): Promise<Committed> {
    const session = this.#usable()
    if (session === undefined) return err(CLOSED)
    assertBatch(this.#declared, batch)
    let isCommitting = false
    try {
      const mismatch =
        versionMismatch(batch.expected, (document) => this.#ledger.head(document)?.version ?? 0) ??
        firstRowMismatch(batch, ({ collection, key }) => readRow(session, collection, key))
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
    this.#isClosed = true
    this.#session?.close()
    this.#session = undefined
  }

  #read<T>(read: (session: Session) => T): T {
    const session = this.#usable()
    if (session === undefined) throw new StoreFailure(CLOSED)
    try {
      return read(session)
    } catch (error) {
      throw readFailure(error, this.#path)
    }
  }

  #usable(): Session | undefined {
    if (this.#session !== undefined || this.#isClosed) return this.#session
    try {
      this.#session = this.#opened()
    } catch {
      // The disk does not serve yet; whoever calls next asks it again.
    }
    return this.#session
  }

  #opened(): Session {
    const session = new Session(this.#path, this.#options)
    try {
      this.#ledger = new Ledger(session)
      // Another file under the same name is not this store.
      if (this.#ledger.generation !== this.generation) throw corrupt(this.#path, 'the file was exchanged')
      return session
    } catch (error) {
      session.close()
      throw error
    }
  }

  /** Undoes what was written, and says what the failure was; what is not the store's error is thrown on. */
  #failed(session: Session, error: unknown, isCommitting: boolean): Committed {
    const reason = writeError(error, this.#path)
    const isFull = reason?.code === 'disk-full'
    const isUndone = isFull
      ? this.#try(session, () => session.dropUnsynced())
      : !isCommitting && this.#try(session, () => session.rollBack())
    if (!isUndone) {
      this.#mend(session)
      return err({ code: 'unknown-outcome', message: String(error) })
    }
    if (reason === undefined) throw error
    return err(reason)
  }

  #mend(session: Session): void {
    const isMended = this.#try(session, () => {
      session.dropUnsynced()
      session.emptyWal()
      session.transaction(() => writeMeta(session, readMeta(session)))
    })
    if (isMended) return
    this.#session = undefined
    session.close()
  }

  /** The ledger ran ahead of the file, whatever was done to it. */
  #try(session: Session, repair: () => void): boolean {
    try {
      repair()
      this.#ledger = new Ledger(session)
      return true
    } catch {
      return false
    }
  }
}

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
