/** For tests: PostgreSQL built into this process (PGlite), which has one connection, so statements outside a transaction wait for its end. */
import type { PGlite } from '@electric-sql/pglite'
import type { Place } from './contract-support.ts'
import { type PostgresDatabase, runTransaction, type Sql, type SqlRow } from './database.ts'

export const embeddedPlace = (server: PGlite): Place => {
  const rows: Sql['rows'] = async (text, values = []) => {
    const found = await server.query<SqlRow>(text, [...values])
    return found.rows
  }
  let last: Promise<unknown> = Promise.resolve()
  const open = (schema: string): PostgresDatabase => {
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
      check: async () => {},
      notify: async (words) => void (await exclusively(() => rows('SELECT pg_notify($1, $2)', [schema, words]))),
      listen: (onHeard) => {
        const listening = server.listen(schema, onHeard)
        return () => void listening.then((stop) => stop())
      },
      rows: (text, values) => exclusively(() => rows(text, values)),
      transaction: (work) => exclusively(() => runTransaction({ rows }, work)),
      close: async () => {
        await last
      },
    }
  }
  return { open }
}
