/**
 * The raw limit of durable work: one row a commit, a small one unless said otherwise, in SQLite as a gateway keeps it (WAL, every commit synced), with nothing around
 * it. One at a time is the most that anybody can do who answers each caller by a commit of its own.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { timed } from './measurement.ts'

const ROW_BYTES = 100

export class RawCommits {
  readonly bytes: number
  readonly #database: DatabaseSync
  readonly #commit: () => void

  constructor(folder: string, bytes = ROW_BYTES) {
    this.bytes = bytes
    this.#database = new DatabaseSync(join(folder, 'raw.sqlite'))
    this.#database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL')
    this.#database.exec('CREATE TABLE rows (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
    const insert = this.#database.prepare('INSERT INTO rows (bytes) VALUES (?)')
    const row = new Uint8Array(bytes)
    this.#commit = () => insert.run(row)
  }

  /** Milliseconds that one durable commit takes. */
  commit(): number {
    return timed(this.#commit)
  }

  close(): void {
    this.#database.close()
  }
}
