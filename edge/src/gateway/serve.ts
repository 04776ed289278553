/** What the gateway answers over HTTP and web sockets: the same API as the cloud's, for its own facility, and the door for agents. */
import { type Engine, type Hub, Reader, type RuleBook, type Scheduler } from '@holdfast/shared/engine'
import {
  type AuthorityDesk,
  createEngineNode,
  type FacilityView,
  type Library,
  lineViewOf,
  type NodeApi,
  type OutcomeCount,
  OutcomeCounts,
  type PresenceRelay,
  YjsRooms,
} from '@holdfast/shared/http'
import { sentenceOf } from '@holdfast/shared/link'
import { healthOf, LINK_PATH, linkDoor, type openNodeStore, serveNode, systemClock, tokenLookup } from '@holdfast/shared/system'
import type { Logger } from 'pino'
import { AGENTS_PATH, type AgentDoor, agentDoor } from '../agents/index.ts'
import type { GatewayConfig } from '../config.ts'
import { tabletsOf } from './tablets.ts'
import type { HubLine } from './uplink.ts'

export interface Recovered {
  readonly life: number
  /** Workflows taken up again at start. */
  readonly recovered: number
}

export interface Served {
  readonly config: GatewayConfig
  readonly engine: Engine
  readonly store: ReturnType<typeof openNodeStore>
  readonly library: Library
  readonly rules: RuleBook
  readonly scheduler: Scheduler
  readonly line: HubLine | undefined
  /** For the nodes behind this gateway. */
  readonly tablets: Hub
  readonly presence: PresenceRelay
  readonly authority: AuthorityDesk
  readonly birth: Recovered
  readonly log: Logger
}

export const serve = async (served: Served) => {
  const { config, engine, store, log } = served
  const { facility, host, port, hostNames } = config
  const door = agents(config, engine)
  const server = await serveNode({
    node: nodeOf(served),
    authenticate: tokenLookup(config.principals.map((principal) => ({ ...principal, facilities: [facility] }))),
    documents: new YjsRooms({
      engine,
      store,
      clock: systemClock,
      presence: served.presence,
      onRefused: (workflow, by, reason) => log.warn({ workflow, by, reason }, 'a live edit was refused'),
    }),
    host,
    port,
    hostNames,
    doors: new Map([
      [AGENTS_PATH, door.upgrade],
      [LINK_PATH, linkDoor(served.tablets, tabletsOf(config), () => log.warn('a node with an unknown token was turned away'))],
    ]),
    onFault: (error, requestId) => log.error({ err: error, requestId }, 'a request failed'),
  })
  return {
    url: server.url,
    dismissAgents: () => door.dismiss(),
    close: async () => {
      door.close()
      await server.close()
    },
  }
}

const nodeOf = ({
  config,
  engine,
  store,
  library,
  rules,
  scheduler,
  line,
  tablets,
  authority,
  birth: { life, recovered },
}: Served): NodeApi => {
  const counts = new OutcomeCounts(engine)
  const view = (): FacilityView => ({
    ...facilityView(config, counts.of(config.facility), line),
    ...(config.tablets.length === 0
      ? {}
      : { tablets: tabletsOf(config).map(({ node }) => ({ node, line: lineViewOf(tablets.condition(node)) })) }),
  })
  return createEngineNode({
    engine,
    clock: systemClock,
    freshness: () => ({ asOf: systemClock.now().wall, behind: false }),
    reader: new Reader({ engine, store, clock: systemClock, caller: line?.uplink, isHub: false }),
    facilities: () => [view()],
    onFacility: (listener) => engine.onCommitted(() => listener(view())),
    health: () => ({
      status: 'ok',
      ready: true,
      node: config.node,
      explain: `life ${life}, ${recovered} workflows taken up again; ${sentenceFor(line)}`,
      ...healthOf(store.condition),
    }),
    library,
    rules,
    scheduler,
    authority,
  })
}

const agents = ({ facility, agents: known }: GatewayConfig, engine: Engine): AgentDoor => {
  const agentOf = tokenLookup(known)
  return agentDoor({
    gate: engine.gate,
    isOpen: () => engine.authority.standing(facility, systemClock.now()).mayDecide,
    facility,
    clock: systemClock,
    // Host and Origin were checked by the server before any upgrade reached this door.
    admits: () => true,
    authenticate: async (token) => {
      const agent = agentOf(token)?.agent
      return agent === undefined ? undefined : { agent, facility }
    },
  })
}

const facilityView = ({ facility, title }: GatewayConfig, workflows: OutcomeCount, line: HubLine | undefined): FacilityView => {
  const status = line?.uplink.status
  return {
    id: facility,
    title,
    connected: status?.state === 'live',
    workflows,
    ...(status === undefined ? {} : { pendingUpdates: status.pending }),
    ...(status?.oldestMs === undefined ? {} : { lagMs: status.oldestMs }),
    ...(status === undefined || line === undefined
      ? {}
      : { line: lineViewOf(status, { comparison: line.comparing.last(facility), forked: line.entropy.forked(facility) }) }),
  }
}

const sentenceFor = (line: HubLine | undefined): string =>
  line === undefined ? 'no hub configured' : `line ${sentenceOf(line.uplink.status)}`
