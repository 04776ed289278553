/**
 * A node's store: opened, or the reason why not in words that say what to do; watched from then on, and what it fares put into the
 * node's health.
 */
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import type { HealthView } from '../http/views.ts'
import type { Store } from '../ports/store.ts'
import { openSqliteStore, unopened } from '../store/sqlite/index.ts'
import { type StoreCondition, type WatchedStore, watchStore } from '../store/watched.ts'
import { systemClock, systemRandom } from './clock.ts'
import { ConfigError } from './config.ts'

/** @param tell for the node's log: how the store fares, whenever that changes */
export const openNodeStore = (path: string, tell: (fares: object) => void): WatchedStore =>
  watchStore(opened(path), systemClock, ({ failing, damaged }) => tell({ failing, damaged: Object.fromEntries(damaged) }))

/** What lasts is a fault of the configuration, as `using` would say it; what may pass is none. */
const opened = (path: string): Store => {
  try {
    return openSqliteStore({ path, schemas: ENGINE_SCHEMAS, random: systemRandom })
  } catch (thrown) {
    const { message, isPassing } = unopened(thrown, path)
    throw isPassing
      ? new Error(`storePath: ${message}`, { cause: thrown })
      : new ConfigError('storePath', new Error(message, { cause: thrown }))
  }
}

const WHY = {
  'disk-full': 'the disk is full',
  'read-only': 'the disk takes no writes',
  unavailable: 'the database does not answer',
  'unknown-outcome': 'the disk failed while it was written to',
  closed: 'the disk does not serve',
} as const satisfies Record<NonNullable<StoreCondition['failing']>['code'], string>

/** Nothing when all is well. Health is told to anybody, so damaged places, which name workflows, stand in the log alone. */
export const healthOf = ({ failing, damaged }: StoreCondition): Pick<HealthView, 'status' | 'explain'> | undefined => {
  const damage = damaged.size === 0 ? [] : [`damaged places found: ${damaged.size}, named in the log; the rest is served`]
  if (failing === undefined) return damage[0] === undefined ? undefined : { status: 'degraded', explain: damage[0] }
  const since = new Date(failing.sinceWall).toISOString()
  const stopped = `${WHY[failing.code]} since ${since}: reads go on, nothing is taken, and it is tried again every second`
  return { status: 'read-only', explain: [stopped, ...damage].join('; ') }
}
