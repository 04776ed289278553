/**
 * The coordinator, put together: store, engine without authority, hub, relay between facilities, API, live feed, dashboard.
 * It decides nothing about facilities' workflows: what is willed here is proposed to them (DESIGN §2.2).
 */

import { MAX_UPDATE_BYTES } from '@holdfast/shared/document'
import { DependencyRelay, ENGINE_SCHEMAS, type EngineConfig, openEngine } from '@holdfast/shared/engine'
import { createApi, createEngineNode, type Freshness, LiveFeed, TicketOffice } from '@holdfast/shared/http'
import { openSqliteStore } from '@holdfast/shared/store/sqlite'
import {
  liveUpgrade,
  loadDefinitions,
  type RunningServer,
  startServer,
  systemClock,
  systemRandom,
  tokenLookup,
  using,
} from '@holdfast/shared/system'
import { err, ok, type Refusal, type Result } from '@holdfast/shared/values'
import type { Logger } from 'pino'
import type { CoordinatorConfig } from './config.ts'
import { addDashboard } from './dashboard.ts'
import { Facilities } from './facilities.ts'
import { Hub } from './hub/hub.ts'

export interface Coordinator {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export const startCoordinator = async (config: CoordinatorConfig, log: Logger): Promise<Result<Coordinator, Refusal>> => {
  const loaded = await using('definitionsFolder', () => loadDefinitions(config.definitionsFolder))
  const store = await using('storePath', () => openSqliteStore({ path: config.storePath, schemas: ENGINE_SCHEMAS, random: systemRandom }))
  for (const problem of loaded.problems) log.error({ problem }, 'a definition was left out')
  const opened = await openEngine(engineConfig(config, store, loaded.definitions))
  if (!opened.ok) {
    await store.close()
    return err(opened.error)
  }
  const { engine, life, problems } = opened.value
  for (const problem of problems) log.error({ problem }, 'could not be taken up again')
  const clock = systemClock
  const hub: Hub = new Hub({ config, engine, store, clock, onChange: (facility) => facilities.changed(facility) })
  const facilities: Facilities = new Facilities(config.facilities, engine, clock, (facility) => hub.condition(facility))
  const relay = new DependencyRelay(engine)
  const { server, feed } = await using('port', () => serve(config, engine, hub, facilities, log))
  log.info({ url: server.url, life }, 'the coordinator is ready')
  return ok({
    url: server.url,
    port: server.port,
    close: async () => {
      hub.close()
      relay.close()
      feed.close()
      await server.close()
      await engine.close()
      await store.close()
      log.info('the coordinator has stopped')
    },
  })
}

const engineConfig = (config: CoordinatorConfig, store: EngineConfig['store'], definitions: EngineConfig['definitions']): EngineConfig => ({
  node: config.node,
  nodeNumber: config.nodeNumber,
  authorityOf: new Set(),
  epoch: 1,
  store,
  clock: systemClock,
  random: systemRandom,
  definitions,
  functions: new Map(),
  heartbeatMs: 5_000,
  rightsOf: (peer, home) => {
    const facility = config.facilities.find(({ node, id }) => node === peer && id === home)
    const nodes = new Set(facility === undefined ? [] : [facility.nodeNumber])
    return { nodes, authority: true, maxEpoch: 1, mayPropose: true, mayWriteText: true, maxBytes: MAX_UPDATE_BYTES }
  },
})

type Engine = Parameters<typeof createEngineNode>[0]['engine']

const serve = async (
  config: CoordinatorConfig,
  engine: Engine,
  hub: Hub,
  facilities: Facilities,
  log: Logger,
): Promise<{ readonly server: RunningServer; readonly feed: LiveFeed }> => {
  const clock = systemClock
  const node = createEngineNode({
    engine,
    clock,
    freshness: (facility): Freshness => {
      const { connected, lastHeardAt } = hub.condition(facility)
      return { asOf: connected ? clock.now().wall : (lastHeardAt ?? 0), behind: !connected }
    },
    facilities: () => facilities.views(),
    onFacility: facilities.onChange,
    health: () => ({ status: 'ok', ready: true, node: config.node }),
  })
  const tickets = new TicketOffice({ random: systemRandom, now: clock.now })
  const authenticate = tokenLookup(config.principals)
  const hosts = [...config.hostNames, config.host]
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
  if (config.dashboardFolder !== undefined) addDashboard(api, config.dashboardFolder)
  const feed = new LiveFeed(node, clock)
  const upgrades = new Map([
    ['/link', hub.upgrade],
    ['/ws/workflows', liveUpgrade(feed, tickets, authenticate)],
  ])
  const { host, port } = config
  return { feed, server: await startServer({ fetch: (request) => api.fetch(request), host, port, hosts, upgrades }) }
}
