/**
 * SQLite itself, the version that node:sqlite has inside, compiled to WebAssembly, on simulated disks. It has the calls of `SqliteDatabase`
 * and no more, so the store runs on it as it stands: schema, pragmas, statements and all.
 */
import type { SqliteDatabase, SqliteHost, SqliteStatement, SqlRow, SqlValue } from '@holdfast/shared/store/sqlite'
import { Prng } from '@holdfast/shared/testing'
import init, { type Database, type PreparedStatement, type Sqlite3Static } from '@sqlite.org/sqlite-wasm'
import type { Disk } from '../disk/disk.ts'
import { Mounts } from './mounts.ts'
import { installVfs, VFS_NAME } from './vfs.ts'

/** As node:sqlite is built; this build would take 8,192. */
const PAGE_SIZE = 4_096

export class SimulatedSqlite implements SqliteHost {
  readonly #sqlite: Sqlite3Static
  readonly #mounts = new Mounts()
  #salts = new Prng(0)

  private constructor(sqlite: Sqlite3Static) {
    this.#sqlite = sqlite
    installVfs(sqlite, this.#mounts, () => this.#salts)
  }

  static async load(): Promise<SimulatedSqlite> {
    const sqlite = await init()
    // It tells every failed step, and here they fail by the thousand.
    sqlite.config.warn = () => undefined
    return new SimulatedSqlite(sqlite)
  }

  get version(): string {
    return this.#sqlite.capi.sqlite3_libversion()
  }

  readonly open = (uri: string): SqliteDatabase => new WasmDatabase(this.#sqlite, uri)

  readonly truncate = (path: string, size: number): void => {
    const disk = this.#mounts.of(path)
    const file = disk.file(path)
    if (file === undefined) throw new TypeError(`no file ${path}`)
    disk.truncate(file, size)
    disk.sync(file)
  }

  readonly syncFolderOf = (path: string): void => this.#mounts.of(path).syncNames()

  /** @returns what `use` returns, having had the disk under a folder of its own; the same seed draws the same salts */
  async withDisk<T>(disk: Disk, seed: Prng, use: (folder: string) => Promise<T>): Promise<T> {
    this.#salts = seed.stream('salts')
    // Forgets its own randomness, and asks the VFS for new at the next need.
    this.#sqlite.capi.sqlite3_randomness(0, 0)
    const folder = this.#mounts.add(disk)
    try {
      return await use(folder)
    } finally {
      this.#mounts.remove(folder)
    }
  }
}

class WasmDatabase implements SqliteDatabase {
  readonly #sqlite: Sqlite3Static
  readonly #database: Database

  constructor(sqlite: Sqlite3Static, uri: string) {
    this.#sqlite = sqlite
    this.#database = spoken(sqlite, () => new sqlite.oo1.DB({ filename: uri, flags: 'c', vfs: VFS_NAME }))
    this.exec(`PRAGMA page_size=${PAGE_SIZE}`)
  }

  get isTransaction(): boolean {
    return this.#sqlite.capi.sqlite3_get_autocommit(this.#database) === 0
  }

  exec(sql: string): void {
    spoken(this.#sqlite, () => this.#database.exec(sql))
  }

  prepare(sql: string): SqliteStatement {
    return new WasmStatement(
      this.#sqlite,
      spoken(this.#sqlite, () => this.#database.prepare(sql)),
    )
  }

  close(): void {
    this.#database.close()
  }
}

class WasmStatement implements SqliteStatement {
  readonly #sqlite: Sqlite3Static
  readonly #statement: PreparedStatement
  readonly #columns: readonly string[]

  constructor(sqlite: Sqlite3Static, statement: PreparedStatement) {
    this.#sqlite = sqlite
    this.#statement = statement
    this.#columns = statement.columnCount > 0 ? statement.getColumnNames() : []
  }

  run(...values: SqlValue[]): void {
    this.#rows(values, 1)
  }

  get(...values: SqlValue[]): SqlRow | undefined {
    return this.#rows(values, 1)[0]
  }

  all(...values: SqlValue[]): SqlRow[] {
    return this.#rows(values, Number.POSITIVE_INFINITY)
  }

  #rows(values: readonly SqlValue[], limit: number): SqlRow[] {
    return spoken(this.#sqlite, () => {
      try {
        if (values.length > 0) this.#statement.bind(values)
        const rows: SqlRow[] = []
        while (rows.length < limit && this.#statement.step()) rows.push(this.#row())
        return rows
      } finally {
        this.#statement.reset(true)
      }
    })
  }

  #row(): SqlRow {
    return Object.fromEntries(this.#columns.map((column, index) => [column, plain(this.#statement.get(index))]))
  }
}

const plain = (value: SqlValue | boolean | Int8Array | ArrayBuffer | undefined): SqlValue => {
  if (typeof value === 'bigint') throw Object.assign(new RangeError('an integer out of range'), { code: 'ERR_OUT_OF_RANGE' })
  if (value === null || typeof value === 'number' || typeof value === 'string' || value instanceof Uint8Array) return value
  throw new TypeError(`no value of SQLite's: ${typeof value}`)
}

/** Errors as node:sqlite throws them. */
const spoken = <T>(sqlite: Sqlite3Static, work: () => T): T => {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof sqlite.SQLite3Error)) throw thrown
    throw Object.assign(new Error(thrown.message), { errcode: thrown.resultCode })
  }
}
