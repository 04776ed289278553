/** What every node answers: its API, live news with the tickets for it, and doors of its own, on one port under its names. */
import { createApi } from '../http/api.ts'
import { LiveFeed } from '../http/live-feed.ts'
import type { NodeApi } from '../http/node-api.ts'
import type { Authenticate } from '../http/principal.ts'
import type { Api } from '../http/route-parts.ts'
import { TicketOffice } from '../http/tickets.ts'
import type { YjsRooms } from '../http/yjs/rooms.ts'
import { systemClock, systemRandom } from './clock.ts'
import { liveUpgrade } from './live-upgrade.ts'
import { type RunningServer, startServer, type Upgrade } from './server.ts'
import { YJS_PATH, yjsUpgrade } from './yjs-upgrade.ts'

export interface ServeOptions {
  readonly node: NodeApi
  readonly authenticate: Authenticate
  readonly documents: YjsRooms
  readonly host: string
  readonly port: number
  /** Names the node is called by, beside `host`. */
  readonly hostNames: readonly string[]
  /** Doors beside `/ws/workflows` and `/yjs/…`, by path. */
  readonly doors: ReadonlyMap<string, Upgrade>
  /** Seals the cursors of lists; without it they are good at this process only. */
  readonly cursorKey?: Uint8Array
  readonly onFault: (error: unknown, requestId: string) => void
  /** Adds what is served beside the API. */
  readonly addPages?: (api: Api) => void
}

const CURSOR_KEY_BYTES = 32

const newCursorKey = (): Uint8Array => Uint8Array.from({ length: CURSOR_KEY_BYTES }, () => systemRandom.u32() & 0xff)

export const serveNode = async (options: ServeOptions): Promise<RunningServer> => {
  const { node, authenticate, documents, host, port, hostNames, doors, onFault, addPages } = options
  const tickets = new TicketOffice({ random: systemRandom, now: systemClock.now })
  const hosts = [...hostNames, host]
  const { cursorKey = newCursorKey() } = options
  const { now } = systemClock
  const api = createApi({ node, authenticate, hosts, cursorKey, random: systemRandom, now, tickets, report: onFault })
  addPages?.(api)
  const feed = new LiveFeed(node, systemClock)
  const ownDoors = [
    ['/ws/workflows', liveUpgrade(feed, tickets, authenticate)],
    [YJS_PATH, yjsUpgrade(documents, authenticate)],
  ] as const
  const upgrades = new Map([...doors, ...ownDoors])
  const server = await startServer({ fetch: (request) => api.fetch(request), host, port, hosts, upgrades })
  return {
    ...server,
    close: async () => {
      feed.close()
      documents.close()
      await server.close()
    },
  }
}
