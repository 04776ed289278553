/** For tests: PostgreSQL built into this process (PGlite), which has one connection, so statements outside a transaction wait for its end. */
import type { PGlite } from '@electric-sql/pglite'
import { type PostgresDatabase, runTransaction, type Sql, type SqlRow } from './database.ts'

export const openEmbedded = (schema: string, server: PGlite): PostgresDatabase => {
  const rows: Sql['rows'] = async (text, values = []) => {
    const found = await server.query<SqlRow>(text, [...values])
    return found.rows
  }
  let last: Promise<unknown> = Promise.resolve()
  const exclusively = <T>(work: () => Promise<T>): Promise<T> => {
    const running = last.then(async () => {
      await rows(`SET search_path TO ${schema}`)
      return work()
    })
    last = running.catch(() => {})
    return running
  }
  return {
    schema,
    rows: (text, values) => exclusively(() => rows(text, values)),
    check: async () => {},
    transaction: (work) => exclusively(() => runTransaction({ rows }, work)),
    close: async () => {
      await last
    },
  }
}
