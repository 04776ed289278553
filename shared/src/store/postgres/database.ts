/**
 * The little that the adapter asks of a PostgreSQL client. `pg` gives it through a pool; an embedded build does in tests.
 *
 *   transaction   on one connection of its own, from BEGIN to COMMIT; what throws inside rolls back. A failure of COMMIT itself, or a
 *                 connection that broke, is thrown as `OutcomeUnknown` once COMMIT was sent: it may have taken effect
 *   notify        says a few words to whoever listens on this schema; `listen` hears them, and '' where some may have been missed
 *   check         throws where a commit that the server acknowledged could be lost
 */
export type SqlValue = string | number | bigint | boolean | Uint8Array | null | readonly SqlValue[]

export type SqlRow = { readonly [column: string]: unknown }

export interface Sql {
  rows(text: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>
}

export interface PostgresDatabase extends Sql {
  /** Every connection's search path is this schema alone. */
  readonly schema: string
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  check(): Promise<void>
  notify(words: string): Promise<void>
  listen(onHeard: (words: string) => void): () => void
  close(): Promise<void>
}

export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super(`the end of a transaction was not heard: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'OutcomeUnknown'
  }
}

/**
 * BEGIN, the work, COMMIT, on a connection that nobody else uses meanwhile. What must not change is locked row by row, so that the level
 * is named: a stricter one, set for the database, would refuse what had only to wait.
 */
export const runTransaction = async <T>(sql: Sql, work: (sql: Sql) => Promise<T>): Promise<T> => {
  await sql.rows('BEGIN ISOLATION LEVEL READ COMMITTED')
  const result = await work(sql).catch(async (error: unknown) => {
    // The first error is the one to tell: on a broken connection the server rolls back by itself.
    await sql.rows('ROLLBACK').catch(() => {})
    throw error
  })
  try {
    await sql.rows('COMMIT')
  } catch (error) {
    throw new OutcomeUnknown(error)
  }
  return result
}
