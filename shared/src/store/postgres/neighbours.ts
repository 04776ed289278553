/**
 * What other handles on the same schema commit, and how one hears of it.
 *
 *   commit with appends ──▶ (no more than once in `NOTIFY_EVERY_MS`) NOTIFY, after the commit and apart from it ──▶ LISTEN at the others
 *
 * A NOTIFY inside the commit would make all commits of the database wait for one another. One that is lost with its process, or with the
 * connection that listens, costs a moment: hints are only hints (N2).
 */
import type { Change, Neighbours } from '../../ports/neighbours.ts'
import type { Random } from '../../ports/random.ts'
import type { PostgresDatabase, Sql } from './database.ts'
import { readFailure } from './errors.ts'
import { numberOf, textOf } from './values.ts'

const NOTIFY_EVERY_MS = 5

export const readEnds = async (sql: Sql): Promise<ReadonlyMap<string, number>> => {
  const rows = await sql.rows('SELECT home, feed_end FROM homes WHERE feed_end > 0')
  return new Map(rows.map((row) => [textOf(row, 'home'), numberOf(row, 'feed_end')]))
}

/** Without their bytes, and so unsealed: whoever needs a document reads it. */
export const readChanges = async (sql: Sql, home: string, after: number, limit: number): Promise<readonly Change[]> => {
  const rows = await sql.rows(
    'SELECT sequence, commit_number, document, version, origin FROM updates WHERE home = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
    [home, after, limit],
  )
  return rows.map((row) => ({
    sequence: numberOf(row, 'sequence'),
    group: numberOf(row, 'commit_number'),
    document: textOf(row, 'document'),
    version: numberOf(row, 'version'),
    origin: textOf(row, 'origin'),
  }))
}

export class PostgresNeighbours implements Neighbours {
  readonly #database: PostgresDatabase
  /** Tells this handle's own hints from others'. */
  readonly #name: string
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #stopListening: (() => void) | undefined

  constructor(database: PostgresDatabase, random: Random) {
    this.#database = database
    this.#name = random.u32().toString(36)
  }

  ends = () => this.#read(readEnds)
  changes = (home: string, after: number, limit: number) => this.#read((sql) => readChanges(sql, home, after, limit))

  onHint = (listener: () => void): (() => void) => {
    this.#stopListening ??= this.#database.listen((from) => {
      if (from !== this.#name) for (const each of this.#listeners) each()
    })
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** This handle has committed something that the others want to see. */
  tell(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#database.notify(this.#name).catch(() => {})
    }, NOTIFY_EVERY_MS)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
    this.#stopListening?.()
  }

  async #read<T>(read: (sql: Sql) => Promise<T>): Promise<T> {
    try {
      return await read(this.#database)
    } catch (error) {
      throw readFailure(error)
    }
  }
}
