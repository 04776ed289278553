/**
 * A facility's gateway, put together. It thinks nothing itself.
 *
 *   browsers, programs ──HTTP, /ws/workflows──▶ ┌────────┐ ◀──/agents── robots, people, AI agents
 *                                               │ engine │
 *                                  SQLite ◀──── └────────┘ ──uplink──▶ hub (when it can be reached; nothing depends on it)
 */

import {
  AntiEntropy,
  answerProbe,
  type CallHandler,
  CatalogueFollower,
  DependencyRelay,
  type EngineConfig,
  type Hub,
  LeaseKeeper,
  openEngine,
  PROBE,
  Publisher,
  Scheduler,
} from '@holdfast/shared/engine'
import { libraryOf, PRESENCE, PresenceRelay } from '@holdfast/shared/http'
import type { Executor, Performer } from '@holdfast/shared/ports'
import { gatherDefinitions, nodeRules, openNodeStore, type Running, systemClock, systemRandom, using } from '@holdfast/shared/system'
import { err, ok, type Refusal, type Result } from '@holdfast/shared/values'
import type { Logger } from 'pino'
import type { GatewayConfig } from '../config.ts'
import { httpExecutor } from '../executors/index.ts'
import { openAuthority } from './authority.ts'
import { serve } from './serve.ts'
import { neighboursOf, openTabletHub, rightsAt } from './tablets.ts'
import { openLine } from './uplink.ts'

export interface GatewayOptions {
  readonly config: GatewayConfig
  readonly log: Logger
  /** Functions that `function` steps may call, by name. */
  readonly functions?: ReadonlyMap<string, Performer>
  /** Plug-ins beside those every gateway has, by the type of step they carry out. */
  readonly executors?: ReadonlyMap<string, Executor>
}

export const startGateway = async (options: GatewayOptions): Promise<Result<Running, Refusal>> => {
  const { config, log } = options
  const loaded = await gatherDefinitions(config)
  const store = openNodeStore(config.storePath, (fares) => log.warn(fares, 'the store fares otherwise than before'))
  for (const problem of loaded.problems) log.error({ problem }, 'a definition was left out')
  const rules = await nodeRules(config.rulesFolder, (problem) => log.error({ problem }, 'a rule was left out'))
  // What the hub has not got yet would be lost to it.
  let mayErase = (): boolean => config.hub === undefined
  const { facility, node } = config
  const keeper = await LeaseKeeper.open({ store, clock: systemClock, node, home: facility, standby: config.standby })
  const known = engineConfig(options, store, loaded.definitions, () => mayErase())
  const opened = await openEngine({ ...known, authority: keeper, domainRules: rules.shelf })
  if (!opened.ok) {
    rules.close()
    await store.close()
    return err(opened.error)
  }
  const { engine, life, recovered, problems } = opened.value
  for (const problem of problems) log.error({ problem }, 'found wrong at the start')
  const relay = new DependencyRelay(engine)
  /** What the hub may ask of this node, by kind. */
  const handlers = new Map<string, CallHandler>([[PROBE, answerProbe({ engine, store, clock: systemClock })]])
  const presence: PresenceRelay = new PresenceRelay(() => neighboursOf(config, line?.uplink, tablets))
  handlers.set(PRESENCE, presence.handler)
  const onLost = (neighbour: string): void => presence.lost(facility, neighbour)
  const line = await openLine({ config, engine, store, life, log, handlers, onLive: keeper.askSoon, onLost })
  const entropy = line?.entropy ?? new AntiEntropy(engine, store, systemClock)
  const tablets: Hub = await openTabletHub({ config, engine, store, handlers: new Map([...handlers, ...entropy.handlers]), onLost })
  const uplink = line?.uplink
  mayErase = () => uplink === undefined || (uplink.status.state === 'live' && uplink.status.pending === 0)
  const publisher = new Publisher(engine, store)
  const library = libraryOf({ catalogue: engine.catalogue, templates: loaded.templates, publisher })
  const onProblem = (hash: string, problem: string): void => log.error({ hash, problem }, 'a definition of the catalogue was left out')
  const follower = new CatalogueFollower({ engine, publisher, onProblem })
  await follower.start()
  const scheduler = await Scheduler.open({ engine, store, clock: systemClock })
  const birth = { life, recovered }
  let dismissAgents = (): void => {}
  const authority = openAuthority({
    engine,
    store,
    clock: systemClock,
    keeper,
    facility,
    node,
    hub: config.hub?.node ?? '',
    uplink,
    handlers,
    onTurned: (holds) => {
      log.info({ ...keeper.holder }, holds ? `this gateway runs ${facility}` : `this gateway does not run ${facility} any more`)
      if (!holds) dismissAgents()
    },
  })
  const server = await using('port', () =>
    serve({ config, engine, store, library, rules: rules.open(engine, store), scheduler, line, tablets, presence, authority, birth, log }),
  )
  dismissAgents = server.dismissAgents
  uplink?.start()
  scheduler.start()
  log.info({ url: server.url, life, recovered }, 'the gateway is ready')
  return ok({
    url: server.url,
    close: async () => {
      keeper.close()
      rules.close()
      line?.comparing.close()
      tablets.close()
      uplink?.stop()
      relay.close()
      follower.close()
      await server.close()
      await scheduler.close()
      await engine.close()
      await store.close()
      log.info('the gateway has stopped')
    },
  })
}

const engineConfig = (
  { config, log, functions = new Map(), executors = new Map() }: GatewayOptions,
  store: EngineConfig['store'],
  definitions: EngineConfig['definitions'],
  mayErase: () => boolean,
): Omit<EngineConfig, 'authority'> => ({
  node: config.node,
  nodeNumber: config.nodeNumber,
  hasHub: config.hub !== undefined,
  store,
  clock: systemClock,
  random: systemRandom,
  definitions,
  functions,
  executors: new Map([['http', httpExecutor({ allowHosts: new Set(config.http.allowHosts) })], ...executors]),
  heartbeatMs: config.heartbeatMs,
  limits: config.limits,
  onAlert: ({ kind, text, ...about }) => log.warn({ alert: kind, ...about }, text),
  retention: { ...config.retention, mayErase },
  rightsOf: rightsAt(config),
})
