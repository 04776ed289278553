/**
 * The coordinator, put together: store, engine without authority, hub, relay between facilities, API, live feed, dashboard.
 * It decides nothing about facilities' workflows: what is willed here is proposed to them (DESIGN §2.2).
 */

import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import { MAX_UPDATE_BYTES } from '@holdfast/shared/document'
import {
  type CallHandler,
  DependencyRelay,
  type Engine,
  type EngineConfig,
  openEngine,
  Publisher,
  Scheduler,
} from '@holdfast/shared/engine'
import { createEngineNode, type Freshness, type Library, libraryOf } from '@holdfast/shared/http'
import {
  gatherDefinitions,
  healthOf,
  openNodeStore,
  type RunningServer,
  serveNode,
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
  const loaded = await gatherDefinitions(config)
  const store = openNodeStore(config.storePath, (fares) => log.warn(fares, 'the store fares otherwise than before'))
  for (const problem of loaded.problems) log.error({ problem }, 'a definition was left out')
  const opened = await openEngine(engineConfig(config, store, loaded.definitions))
  if (!opened.ok) {
    await store.close()
    return err(opened.error)
  }
  const { engine, life, problems } = opened.value
  for (const problem of problems) log.error({ problem }, 'found wrong at the start')
  const clock = systemClock
  /** What gateways may ask of this node, by kind. */
  const handlers = new Map<string, CallHandler>()
  const hub: Hub = new Hub({ config, engine, store, clock, handlers, onChange: (facility) => facilities.changed(facility) })
  const facilities: Facilities = new Facilities(config.facilities, engine, clock, (facility) => hub.condition(facility))
  const relay = new DependencyRelay(engine)
  const library = libraryOf({ catalogue: engine.catalogue, templates: loaded.templates, publisher: new Publisher(engine, store) })
  const scheduler = await Scheduler.open({ engine, store, clock })
  const server = await using('port', () => serve({ config, engine, store, hub, facilities, library, scheduler, log }))
  scheduler.start()
  log.info({ url: server.url, life }, 'the coordinator is ready')
  return ok({
    url: server.url,
    port: server.port,
    close: async () => {
      hub.close()
      relay.close()
      await server.close()
      await scheduler.close()
      await engine.close()
      await store.close()
      log.info('the coordinator has stopped')
    },
  })
}

const engineConfig = (config: CoordinatorConfig, store: EngineConfig['store'], definitions: EngineConfig['definitions']): EngineConfig => ({
  node: config.node,
  nodeNumber: config.nodeNumber,
  authority: NO_AUTHORITY,
  store,
  clock: systemClock,
  random: systemRandom,
  definitions,
  functions: new Map(),
  heartbeatMs: 5_000,
  retention: config.retention,
  rightsOf: (peer, home) => {
    const facility = config.facilities.find(({ node, id }) => node === peer && id === home)
    const nodes = new Set(facility === undefined ? [] : [facility.nodeNumber])
    return { nodes, authority: true, maxEpoch: 1, mayPropose: true, mayWriteText: true, maxBytes: MAX_UPDATE_BYTES }
  },
})

interface Served {
  readonly config: CoordinatorConfig
  readonly engine: Engine
  readonly store: ReturnType<typeof openNodeStore>
  readonly hub: Hub
  readonly facilities: Facilities
  readonly library: Library
  readonly scheduler: Scheduler
  readonly log: Logger
}

const serve = ({ config, engine, store, hub, facilities, library, scheduler, log }: Served): Promise<RunningServer> => {
  const { dashboardFolder, host, port, hostNames } = config
  const node = createEngineNode({
    engine,
    clock: systemClock,
    freshness: (facility): Freshness => {
      const { connected, lastHeardAt } = hub.condition(facility)
      return { asOf: connected ? systemClock.now().wall : (lastHeardAt ?? 0), behind: !connected }
    },
    facilities: () => facilities.views(),
    onFacility: facilities.onChange,
    health: () => ({ status: 'ok', ready: true, node: config.node, ...healthOf(store.condition) }),
    library,
    scheduler,
  })
  return serveNode({
    node,
    authenticate: tokenLookup(config.principals),
    host,
    port,
    hostNames,
    doors: new Map([['/link', hub.upgrade]]),
    onFault: (error, requestId) => log.error({ err: error, requestId }, 'a request failed'),
    ...(dashboardFolder === undefined ? {} : { addPages: (api) => addDashboard(api, dashboardFolder) }),
  })
}
