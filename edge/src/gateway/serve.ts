/** What the gateway answers over HTTP and web sockets: the same API as the cloud's, for its own facility, and the door for agents. */
import type { Engine, UplinkLoop } from '@holdfast/shared/engine'
import { createApi, createEngineNode, type FacilityView, LiveFeed, TicketOffice } from '@holdfast/shared/http'
import { liveUpgrade, startServer, systemClock, systemRandom, tokenLookup } from '@holdfast/shared/system'
import type { Logger } from 'pino'
import { agentDoor } from '../agents/index.ts'
import type { GatewayConfig } from '../config.ts'

export interface Recovered {
  readonly life: number
  /** Workflows taken up again at start. */
  readonly recovered: number
}

export const serve = async (config: GatewayConfig, engine: Engine, uplink: UplinkLoop | undefined, birth: Recovered, log: Logger) => {
  const clock = systemClock
  const { facility, host, port, hostNames } = config
  const node = createEngineNode({
    engine,
    clock,
    freshness: () => ({ asOf: clock.now().wall, behind: false }),
    facilities: () => [facilityView(config, engine, uplink)],
    onFacility: (listener) => engine.onCommitted(() => listener(facilityView(config, engine, uplink))),
    health: () => ({
      status: 'ok',
      ready: true,
      node: config.node,
      explain: `life ${birth.life}, ${birth.recovered} workflows taken up again; ${lineOf(uplink)}`,
    }),
  })
  const authenticate = tokenLookup(config.principals.map((principal) => ({ ...principal, facilities: [facility] })))
  const tickets = new TicketOffice({ random: systemRandom, now: clock.now })
  const hosts = [...hostNames, host]
  const api = createApi({
    node,
    authenticate,
    hosts,
    cursorKey: Uint8Array.from({ length: 32 }, () => systemRandom.u32() & 0xff),
    random: systemRandom,
    now: clock.now,
    tickets,
    report: (error, requestId) => log.error({ err: error, requestId }, 'a request failed'),
  })
  const feed = new LiveFeed(node, clock)
  const agentOf = tokenLookup(config.agents)
  const door = agentDoor({
    gate: engine.gate,
    facility,
    clock,
    // Host and Origin were checked by the server before any upgrade reached this door.
    admits: () => true,
    authenticate: async (token) => {
      const known = agentOf(token)
      return known === undefined ? undefined : { agent: known.agent, facility }
    },
  })
  const server = await startServer({
    fetch: (request) => api.fetch(request),
    host,
    port,
    hosts,
    upgrades: new Map([
      ['/agents', door.upgrade],
      ['/ws/workflows', liveUpgrade(feed, tickets, authenticate)],
    ]),
  })
  return {
    url: server.url,
    close: async () => {
      door.close()
      feed.close()
      await server.close()
    },
  }
}

const facilityView = ({ facility, title }: GatewayConfig, engine: Engine, uplink: UplinkLoop | undefined): FacilityView => {
  const workflows = { open: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { status } of engine.summaries()) {
    workflows[status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'open'] += 1
  }
  const status = uplink?.status
  return {
    id: facility,
    title,
    connected: status?.state === 'live',
    workflows,
    ...(status === undefined ? {} : { pendingUpdates: status.pending }),
    ...(status?.oldestMs === undefined ? {} : { lagMs: status.oldestMs }),
  }
}

/** "n pending, oldest t, last error e, next try at …" (I12): a line that is stuck says so. */
const lineOf = (uplink: UplinkLoop | undefined): string => {
  if (uplink === undefined) return 'no hub configured'
  const { state, pending, oldestMs, lastError, nextTryInMs } = uplink.status
  const parts = [`line ${state}`, `${pending} pending`]
  if (oldestMs !== undefined) parts.push(`oldest ${Math.round(oldestMs)} ms`)
  if (lastError !== undefined) parts.push(`last error: ${lastError.reason.message}`)
  if (nextTryInMs !== undefined) parts.push(`next try in ${Math.round(nextTryInMs)} ms`)
  return parts.join(', ')
}
