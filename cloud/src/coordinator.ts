/**
 * The coordinator, put together: store, engine without authority, hub, relay between facilities, API, live feed, dashboard.
 * It decides nothing about facilities' workflows: what is willed here is proposed to them (DESIGN §2.2).
 */

import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import type { Rights } from '@holdfast/shared/document'
import {
  AntiEntropy,
  answerRecognise,
  type CallHandler,
  CatalogueFollower,
  type ChildCondition,
  ClaimsAcross,
  DependencyRelay,
  type Engine,
  type EngineConfig,
  Hub,
  HubLeases,
  type HubLeasesParts,
  openEngine,
  Publisher,
  RECOGNISE,
  Reader,
  type RuleBook,
  Scheduler,
} from '@holdfast/shared/engine'
import {
  type AuthorityDesk,
  createEngineNode,
  type Freshness,
  type Library,
  libraryOf,
  type Neighbour,
  PRESENCE,
  PresenceRelay,
  YjsRooms,
} from '@holdfast/shared/http'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import {
  type EnrolledChild,
  gatherDefinitions,
  healthOf,
  LINK_PATH,
  linkDoor,
  nodeRules,
  type RunningServer,
  serveNode,
  systemClock,
  systemRandom,
  tokenLookup,
  using,
} from '@holdfast/shared/system'
import { err, ok, type Refusal, type Result } from '@holdfast/shared/values'
import type { Logger } from 'pino'
import { type CoordinatorConfig, gatewaysOf } from './config.ts'
import { addDashboard } from './dashboard.ts'
import { Facilities } from './facilities.ts'
import { authorityDesk } from './hub/authority-desk.ts'
import { LineBoard } from './hub/line-board.ts'
import { sharedSecret } from './shared-secret.ts'
import { type CoordinatorStore, openStore } from './store.ts'

export interface Coordinator {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

export const startCoordinator = async (config: CoordinatorConfig, log: Logger): Promise<Result<Coordinator, Refusal>> => {
  const loaded = await gatherDefinitions(config)
  const { store, neighbours } = await openStore(config, (fares) => log.warn(fares, 'the store fares otherwise than before'))
  const rules = await nodeRules(config.rulesFolder, (problem) => log.error({ problem }, 'a rule was left out'))
  for (const problem of loaded.problems) log.error({ problem }, 'a definition was left out')
  let leases: HubLeases | undefined
  const rightsOf = (peer: string, home: string): Rights => leases?.rightsOf(peer, home) ?? NO_RIGHTS
  const onFollow = async (): Promise<void> => leases?.refresh()
  const opened = await openEngine({
    ...engineConfig(config, store, loaded.definitions, rightsOf),
    ...{ neighbours, onFollow, domainRules: rules.shelf },
  })
  if (!opened.ok) {
    rules.close()
    await store.close()
    return err(opened.error)
  }
  const { engine, life, problems } = opened.value
  for (const problem of problems) log.error({ problem }, 'found wrong at the start')
  const clock = systemClock
  /** What gateways may ask of this node, by kind. */
  const entropy = new AntiEntropy(engine, store, clock)
  const handlers = new Map<string, CallHandler>([...entropy.handlers, [RECOGNISE, answerRecognise((home) => leases?.leaseOf(home))]])
  const presence: PresenceRelay = new PresenceRelay(() => neighboursOf(config, hub))
  handlers.set(PRESENCE, presence.handler)
  leases = await HubLeases.open({
    ...enrolmentsOf(config),
    engine,
    store,
    clock,
    handlers,
    hub: () => hub,
    isLive: (node) => conditionOf(node).state === 'live',
    onMoved: (lease) => {
      log.info({ ...lease }, `${lease.home} is ${lease.vacant ? 'vacant' : `held by ${lease.holder}`}`)
      facilities.changed(lease.home)
    },
  })
  const hub: Hub = await Hub.open({
    node: config.node,
    engine,
    store,
    clock,
    timing: { ...DEFAULT_TIMING, ...config.link },
    children: childrenOf(config),
    handlers,
    speakerOf: (home) => leases?.holderOf(home),
    onChange: (node) => {
      facilities.lineChanged(node)
      if (hub.condition(node).state !== 'live') for (const home of homesOf(config, node)) presence.lost(home, node)
      void lines?.changed(node)
    },
  })
  const ownCondition = (node: string): ChildCondition => hub.condition(node)
  const gateways = childrenOf(config).map(({ node }) => node)
  const onChange = (node: string): void => facilities.lineChanged(node)
  const lines = neighbours && new LineBoard({ life, store, clock, gateways, condition: ownCondition, onChange })
  const conditionOf = (node: string): ChildCondition => lines?.condition(node) ?? ownCondition(node)
  const facilities: Facilities = new Facilities({
    known: config.facilities,
    engine,
    clock,
    condition: conditionOf,
    forked: (facility) => entropy.forked(facility),
    holderOf: (facility) => leases?.holderOf(facility),
  })
  const relay = new DependencyRelay(engine)
  const claims = new ClaimsAcross(engine, rules.shelf)
  await claims.catchUp()
  const publisher = new Publisher(engine, store)
  const library = libraryOf({ catalogue: engine.catalogue, templates: loaded.templates, publisher })
  const onProblem = (hash: string, problem: string): void => log.error({ hash, problem }, 'a definition of the catalogue was left out')
  const follower = new CatalogueFollower({ engine, publisher, onProblem })
  await follower.start()
  const scheduler = await Scheduler.open({ engine, store, clock })
  const authority = authorityDesk({
    facilities: config.facilities,
    leases,
    hub,
    clock,
    isLive: (node) => conditionOf(node).state === 'live',
  })
  const secret = neighbours && (await sharedSecret(store))
  const server = await using('port', () =>
    serve({
      ...{ config, engine, store, hub, facilities, library, scheduler, authority, presence, log, conditionOf },
      rules: rules.open(engine, store),
      ...(secret === undefined ? {} : { cursorKey: secret }),
    }),
  )
  scheduler.start()
  log.info({ url: server.url, life }, 'the coordinator is ready')
  return ok({
    url: server.url,
    port: server.port,
    close: async () => {
      leases?.close()
      lines?.close()
      rules.close()
      hub.close()
      relay.close()
      claims.close()
      follower.close()
      await server.close()
      await scheduler.close()
      await engine.close()
      await store.close()
      log.info('the coordinator has stopped')
    },
  })
}

const enrolmentsOf = ({ nodeNumber, facilities }: CoordinatorConfig): Pick<HubLeasesParts, 'enrolments' | 'writers'> => ({
  enrolments: facilities.map((facility) => ({
    home: facility.id,
    nodes: gatewaysOf(facility).map(({ node }) => node),
    holdover: facility.holdover,
  })),
  writers: (home, node) => {
    const facility = facilities.find(({ id }) => id === home)
    const gateways = facility === undefined ? [] : gatewaysOf(facility)
    const gateway = gateways.find((each) => each.node === node)
    return {
      nodes: new Set(gateway === undefined ? [] : [gateway.nodeNumber, ...(facility?.behind ?? [])]),
      // Whoever runs the facility holds what all of them wrote.
      returning: new Set([nodeNumber, ...gateways.map((each) => each.nodeNumber)]),
    }
  },
})

const childrenOf = ({ facilities }: CoordinatorConfig): readonly EnrolledChild[] =>
  facilities.flatMap((facility) => gatewaysOf(facility).map(({ node, tokenHash }) => ({ node, homes: [facility.id], tokenHash })))

const homesOf = (config: CoordinatorConfig, gateway: string): readonly string[] =>
  childrenOf(config).flatMap(({ node, homes }) => (node === gateway ? homes : []))

/** Presence is told, not asked for. */
const TELL_TIMEOUT_MS = 10_000

const neighboursOf = (config: CoordinatorConfig, hub: Hub): readonly Neighbour[] =>
  childrenOf(config)
    .filter(({ node }) => hub.condition(node).state === 'live')
    .map(({ node, homes }) => ({
      node,
      tell: (home, body) => {
        if (homes.includes(home)) void hub.callNode(node, home, PRESENCE, body, TELL_TIMEOUT_MS)
      },
    }))

const engineConfig = (
  config: CoordinatorConfig,
  store: EngineConfig['store'],
  definitions: EngineConfig['definitions'],
  rightsOf: EngineConfig['rightsOf'],
): EngineConfig => ({
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
  rightsOf,
})

/** Nobody is let in before the leases are known. */
const NO_RIGHTS: Rights = { nodes: new Set(), authority: false, mayPropose: false, mayWriteText: false, maxBytes: 0 }

interface Served {
  readonly config: CoordinatorConfig
  readonly engine: Engine
  readonly store: CoordinatorStore['store']
  readonly hub: Hub
  readonly facilities: Facilities
  readonly library: Library
  readonly rules: RuleBook
  readonly scheduler: Scheduler
  readonly authority: AuthorityDesk
  readonly presence: PresenceRelay
  readonly conditionOf: (gateway: string) => ChildCondition
  readonly cursorKey?: Uint8Array
  readonly log: Logger
}

const serve = (served: Served): Promise<RunningServer> => {
  const { config, engine, store, hub, facilities, library, rules, scheduler, authority, presence, conditionOf, cursorKey, log } = served
  const { dashboardFolder, host, port, hostNames } = config
  const node = createEngineNode({
    engine,
    clock: systemClock,
    freshness: (facility) => freshnessOf(authority.of(facility)?.holder, conditionOf),
    reader: new Reader({ engine, store, clock: systemClock, caller: hub, isHub: true }),
    facilities: () => facilities.views(),
    onFacility: facilities.onChange,
    health: () => ({ status: 'ok', ready: true, node: config.node, ...healthOf(store.condition) }),
    library,
    rules,
    scheduler,
    authority,
  })
  return serveNode({
    node,
    authenticate: tokenLookup(config.principals),
    documents: new YjsRooms({
      engine,
      store,
      clock: systemClock,
      presence,
      onRefused: (workflow, by, reason) => log.warn({ workflow, by, reason }, 'a live edit was refused'),
    }),
    ...(cursorKey === undefined ? {} : { cursorKey }),
    host,
    port,
    hostNames,
    doors: new Map([[LINK_PATH, linkDoor(hub, childrenOf(config), () => log.warn('a node with an unknown token was turned away'))]]),
    onFault: (error, requestId) => log.error({ err: error, requestId }, 'a request failed'),
    ...(dashboardFolder === undefined ? {} : { addPages: (api) => addDashboard(api, dashboardFolder) }),
  })
}

const freshnessOf = (holder: string | undefined, conditionOf: Served['conditionOf']): Freshness => {
  if (holder === undefined) return { asOf: 0, behind: true }
  const { state, lastHeardAt } = conditionOf(holder)
  return state === 'live' ? { asOf: systemClock.now().wall, behind: false } : { asOf: lastHeardAt ?? 0, behind: true }
}
