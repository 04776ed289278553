/** The production client: a pool of `pg` connections. */
import pg from 'pg'
import { type PostgresDatabase, runTransaction, type Sql, type SqlValue } from './database.ts'
import { listen } from './listener.ts'

export interface PoolOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string
  /** A name of letters, digits and `_`. */
  readonly schema?: string
  readonly maxConnections?: number
  /** How long a connection may take to come up, and a statement to be answered. */
  readonly patienceMs?: number
  /** Told of idle connections that broke; the pool replaces them. */
  readonly onIdleError?: (error: Error) => void
}

const MAX_CONNECTIONS = 10
const PATIENCE_MS = 30_000

/** The server is set up so that an acknowledged commit could be lost. */
export class NotLasting extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotLasting'
  }
}

const SCHEMA_NAME = /^[a-z_][a-z0-9_]*$/

export const openPool = (options: PoolOptions): PostgresDatabase => {
  const { url, schema = 'holdfast', maxConnections = MAX_CONNECTIONS, patienceMs = PATIENCE_MS, onIdleError } = options
  if (!SCHEMA_NAME.test(schema)) throw new TypeError(`store: ${schema} is not a name for a schema`)
  const config = { connectionString: url, connectionTimeoutMillis: patienceMs, keepAlive: true }
  const pool = new pg.Pool({
    ...config,
    max: maxConnections,
    query_timeout: patienceMs,
    // An acknowledged commit is on disk, whatever the server's own default is.
    options: `-c synchronous_commit=on -c search_path=${schema}`,
  })
  // Without a listener a broken idle connection would end the process.
  pool.on('error', (error) => onIdleError?.(error))
  let closing: Promise<void> | undefined
  return {
    schema,
    check: () => assertLasting(pool),
    notify: async (words) => void (await rowsOf(pool, 'SELECT pg_notify($1, $2)', [channelOf(schema), words])),
    listen: (onHeard) => listen(config, channelOf(schema), onHeard),
    rows: (text, values) => rowsOf(pool, text, values),
    transaction: async (work) => {
      const client = await pool.connect()
      // A broken connection also tells of it when nobody waits for an answer; the next statement fails in any case.
      const ignore = (): void => {}
      client.on('error', ignore)
      try {
        const result = await runTransaction({ rows: (text, values) => rowsOf(client, text, values) }, work)
        client.off('error', ignore)
        client.release()
        return result
      } catch (error) {
        client.release(true)
        throw error
      }
    },
    close: () => {
      closing ??= pool.end()
      return closing
    },
  }
}

const channelOf = (schema: string): string => `holdfast_${schema}`

const LASTING = ['synchronous_commit', 'fsync', 'full_page_writes']

/** Asked for or not, an operator's setting may stand in the way: it is read back. */
const assertLasting = async (pool: pg.Pool): Promise<void> => {
  const settings = await rowsOf(pool, 'SELECT name, setting FROM pg_settings WHERE name = ANY($1::text[])', [LASTING])
  const off = settings.filter(({ setting }) => setting !== 'on').map(({ name, setting }) => `${name} is ${setting}`)
  if (settings.length < LASTING.length || off.length > 0)
    throw new NotLasting(`commits would not outlast a crash of the server: ${off.join(', ')}`)
}

const rowsOf = async (client: pg.Pool | pg.PoolClient, text: string, values: readonly SqlValue[] = []): ReturnType<Sql['rows']> => {
  const { rows }: { readonly rows: readonly Record<string, unknown>[] } = await client.query(text, values.map(bound))
  return rows
}

/** `pg` writes a view as the whole buffer below it unless it is a Buffer. */
const bound = (value: SqlValue): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? value.map(bound) : value
}
