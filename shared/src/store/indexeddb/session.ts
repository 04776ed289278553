/**
 * One open database of the browser, under its lock.
 *
 * `durability: 'strict'` makes a transaction complete only once the operating system was asked to flush it; the browser's default does
 * not, and loses the last commits in a power cut. It is set for every transaction and read back at every open.
 */
import { Dexie, type Table } from 'dexie'
import { takeLock } from './lock.ts'
import { corrupt } from './seal.ts'

/** What lies in a store, before anybody has looked at it. */
export type Fields = Readonly<Record<string, unknown>>

/** Upper end of a range of compound keys: an array comes after every number, text and byte string. */
export const LAST: readonly never[] = []

export class Session {
  readonly name: string
  readonly database: Dexie
  readonly meta: Table<Fields, string>
  readonly collections: Table<Fields, string>
  readonly documents: Table<Fields, string>
  readonly updates: Table<Fields, [string, number]>
  readonly rows: Table<Fields, [string, Uint8Array]>
  readonly #release: () => void

  private constructor(name: string, tables: Readonly<Record<string, string>>, release: () => void) {
    this.name = name
    this.#release = release
    this.database = new Dexie(name, { autoOpen: false, cache: 'disabled', chromeTransactionDurability: 'strict' })
    this.database.version(1).stores(tables)
    this.meta = this.database.table('meta')
    this.collections = this.database.table('collections')
    this.documents = this.database.table('documents')
    this.updates = this.database.table('updates')
    this.rows = this.database.table('rows')
  }

  /** Throws `StoreInUse` when another tab has it open. */
  static async open(name: string, tables: Readonly<Record<string, string>>): Promise<Session> {
    const session = new Session(name, tables, await takeLock(name))
    try {
      await session.database.open()
      await session.transaction(() => session.meta.count())
      return session
    } catch (error) {
      session.close()
      throw error
    }
  }

  /** All or nothing; `work` awaits nothing but this database. Resolves when it is durable. */
  transaction<T>(work: () => PromiseLike<T>): Promise<T> {
    return this.database.transaction('rw', this.database.tables, async ({ idbtrans }) => {
      if (idbtrans.durability === 'strict') return work()
      throw new Error(`store: durability is ${idbtrans.durability}, not strict; this browser can't keep what it acknowledges`)
    })
  }

  /** Both at once: Dexie lets whoever comes meanwhile wait for an open that has begun, and refuses them before. */
  async reopen(): Promise<void> {
    this.database.close()
    await this.database.open()
  }

  close(): void {
    this.database.close()
    this.#release()
  }
}

export const text = (row: Fields, field: string): string => {
  const value = row[field]
  if (typeof value === 'string') return value
  throw corrupt(`field ${field}`, 'text was expected')
}

export const integer = (row: Fields, field: string): number => {
  const value = row[field]
  if (Number.isSafeInteger(value) && typeof value === 'number') return value
  throw corrupt(`field ${field}`, 'an integer was expected')
}

export const bytes = (row: Fields, field: string): Uint8Array => {
  const value = row[field]
  if (value instanceof Uint8Array) return value
  throw corrupt(`field ${field}`, 'bytes were expected')
}
