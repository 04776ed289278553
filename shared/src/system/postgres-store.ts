/**
 * A store in PostgreSQL as a node's configuration names it. The address holds a password, so it does not stand in that file: a file of its
 * own holds it, or a variable of the environment.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import type { Neighbours } from '../ports/neighbours.ts'
import { openPool, openPostgresStore, unopened } from '../store/postgres/index.ts'
import { type WatchedStore, watchStore } from '../store/watched.ts'
import { systemClock, systemRandom } from './clock.ts'
import { ConfigError } from './config.ts'

export const postgresConfig = z
  .strictObject({
    urlFile: z.string().min(1).exactOptional(),
    urlVariable: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of a variable: A-Z, 0-9 and _')
      .exactOptional(),
    /** All of a system's coordinators name the same one. */
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,40}$/, 'must be 1 to 41 of a-z, 0-9 and _')
      .default('holdfast'),
    maxConnections: z.int().min(2).max(100).default(10),
  })
  .refine(
    ({ urlFile, urlVariable }) => (urlFile === undefined) !== (urlVariable === undefined),
    'needs either urlFile or urlVariable, which tell where the address is',
  )
export type PostgresConfig = z.infer<typeof postgresConfig>

export interface OpenedPostgres {
  readonly store: WatchedStore
  readonly neighbours: Neighbours
}

/** @param tell for the node's log: how the store fares, whenever that changes */
export const openNodePostgres = async (config: PostgresConfig, tell: (fares: object) => void): Promise<OpenedPostgres> => {
  const { schema, maxConnections } = config
  const database = openPool({ url: urlOf(config), schema, maxConnections, onIdleError: ({ message }) => tell({ connectionLost: message }) })
  try {
    const store = await openPostgresStore({ database, schemas: ENGINE_SCHEMAS, random: systemRandom })
    const watched = watchStore(store, systemClock, ({ failing, damaged }) => tell({ failing, damaged: Object.fromEntries(damaged) }))
    return { store: watched, neighbours: store.neighbours }
  } catch (thrown) {
    const { message, isPassing } = unopened(thrown)
    throw isPassing
      ? new Error(`postgres: ${message}`, { cause: thrown })
      : new ConfigError('postgres', new Error(message, { cause: thrown }))
  }
}

const urlOf = ({ urlFile, urlVariable }: PostgresConfig): string => {
  const [key, text] = urlFile === undefined ? ['urlVariable', process.env[urlVariable ?? '']] : ['urlFile', fileText(urlFile)]
  const url = text?.trim() ?? ''
  if (url === '') throw new ConfigError(`postgres.${key}`, new Error(`nothing stands in ${urlFile ?? urlVariable}`))
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return url
  throw new ConfigError(`postgres.${key}`, new Error('must be an address such as postgres://user:password@host:5432/database'))
}

const fileText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    throw new ConfigError('postgres.urlFile', thrown)
  }
}
