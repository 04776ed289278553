/**
 * One open database file, and its prepared statements.
 *
 * WAL with `synchronous=FULL` loses nothing at a power cut; NORMAL leaves the file unusable, and some builds reopen a WAL file with it, so
 * both are set on every open and read back. The lock is exclusive from the first statement to the close, and the kernel drops it with the
 * process: one writer per store (S6), and no shared-memory file beside it.
 *
 * A WAL that is found at the open is emptied first. A process that was killed may have left commits in it that were never synced, and what
 * is shown must not be taken back (S7); and the padding behind the last commit may be missing, so that the next would share its sector.
 * The folder is synced as well: SQLite does it for files that it has made itself, and its predecessor may have died before it could.
 */
import { nodeHost, type SqliteDatabase, type SqliteHost, type SqliteStatement, type SqlRow, uriOf } from './database.ts'
import { openFailure } from './errors.ts'
import { corrupt } from './seal.ts'

const CACHE_KIB = 16_384
/** Pages. Fewer checkpoints than SQLite's own 1,000 make: each costs a sync of the database besides that of the WAL. */
const CHECKPOINT_PAGES = 4_000
const SYNCHRONOUS_FULL = 2
const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

export interface SessionOptions {
  readonly host?: SqliteHost
  /** Pages that the WAL may grow to before it is emptied into the database. */
  readonly checkpointPages?: number
}

export class Session {
  readonly path: string
  readonly database: SqliteDatabase
  readonly #host: SqliteHost
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(path: string, { host = nodeHost, checkpointPages = CHECKPOINT_PAGES }: SessionOptions = {}) {
    this.path = path
    this.#host = host
    this.database = host.open(uriOf(path))
    try {
      configure(this.database, checkpointPages)
      this.emptyWal()
      host.syncFolderOf(path)
    } catch (error) {
      this.database.close()
      throw openFailure(error, path)
    }
  }

  sql(text: string): SqliteStatement {
    const known = this.#statements.get(text)
    if (known !== undefined) return known
    const statement = this.database.prepare(text)
    this.#statements.set(text, statement)
    return statement
  }

  /** All or nothing, for work outside the hot path. */
  transaction(work: () => void): void {
    this.database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.database.exec('COMMIT')
    } catch (error) {
      this.rollBack()
      throw error
    }
  }

  /** Moves all of the WAL into the database, both synced, so that what follows rests on nothing but the database. */
  emptyWal(): void {
    const checkpoint = this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    if (checkpoint?.busy !== 0) throw new Error('the WAL could not be emptied')
  }

  rollBack(): void {
    if (this.database.isTransaction) this.database.exec('ROLLBACK')
  }

  /** Cuts off what stands in the WAL behind the last commit that this handle knows to be synced, for everybody who opens it later. */
  dropUnsynced(): void {
    this.rollBack()
    const frames = this.#integer('PRAGMA wal_checkpoint(NOOP)', 'log')
    const pageBytes = this.#integer('PRAGMA page_size', 'page_size')
    this.#host.truncate(`${this.path}-wal`, WAL_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + pageBytes))
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
  }

  #integer(pragma: string, column: string): number {
    return integer(this.database.prepare(pragma).get() ?? {}, column)
  }
}

export const text = (row: SqlRow, column: string): string => {
  const value = row[column]
  if (typeof value === 'string') return value
  throw corrupt(`column ${column}`, 'text was expected')
}

export const integer = (row: SqlRow, column: string): number => {
  const value = row[column]
  if (typeof value === 'number') return value
  throw corrupt(`column ${column}`, 'an integer was expected')
}

export const bytes = (row: SqlRow, column: string): Uint8Array => {
  const value = row[column]
  if (value instanceof Uint8Array) return value
  throw corrupt(`column ${column}`, 'bytes were expected')
}

const configure = (database: SqliteDatabase, checkpointPages: number): void => {
  database.exec('PRAGMA locking_mode=EXCLUSIVE')
  database.exec('PRAGMA journal_mode=WAL')
  database.exec('PRAGMA synchronous=FULL')
  database.exec(`PRAGMA cache_size=-${CACHE_KIB}`)
  database.exec(`PRAGMA wal_autocheckpoint=${checkpointPages}`)
  // An empty transaction takes the lock now, rather than at some later commit.
  database.exec('BEGIN IMMEDIATE; COMMIT')
  assertPragma(database, 'journal_mode', 'wal')
  assertPragma(database, 'synchronous', SYNCHRONOUS_FULL)
}

const assertPragma = (database: SqliteDatabase, name: string, wanted: string | number): void => {
  const found = database.prepare(`PRAGMA ${name}`).get()?.[name]
  if (found !== wanted) throw new Error(`store: ${name} is ${found}, not ${wanted}; this file system can't keep what it acknowledges`)
}
