/** A home with two gateways and a coordinator, in one process and on one clock: real links, leases and engines, lines that can be cut.
 *  Stores are handed in. */
import { NO_AUTHORITY } from '../../consistency/fixed.ts'
import type { Holdover } from '../../consistency/lease.ts'
import type { Rights } from '../../document/rights.ts'
import { DEFAULT_TIMING } from '../../link/index.ts'
import type { Performer } from '../../ports/performer.ts'
import type { Store } from '../../ports/store.ts'
import { ok } from '../../values/result.ts'
import type { CallHandler } from '../call-desk.ts'
import { Hub } from '../hub.ts'
import { CLOUD, TestLine } from '../linked-test-support.ts'
import { ALL_RIGHTS, ControlledStore, define, HOME, ManualClock, TestNode } from '../test-support.ts'
import { UplinkLoop } from '../uplink-loop.ts'
import { HandingOver } from './handing-over.ts'
import { HubLeases } from './hub-leases.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { LEASE_NEWS } from './lease-rows.ts'
import { EngineTenure } from './tenure.ts'

export const MEMBERS = ['one', 'two'] as const
export type MemberName = (typeof MEMBERS)[number]

export const CHORE = define({
  name: 'chore',
  steps: { first: { type: 'function', function: 'work' }, second: { type: 'function', function: 'work' } },
  links: [{ from: 'first', to: 'second' }],
})

const TIMING = { ...DEFAULT_TIMING, pingMs: 200, silenceMs: 700, maxRetryMs: 300 }
const NUMBERS: Readonly<Record<string, number>> = { one: 2, two: 3 }

export interface Member {
  node: TestNode
  keeper: LeaseKeeper
  uplink: UplinkLoop
  handing: HandingOver
  readonly line: TestLine
}

export class LeaseWorld {
  readonly clock: ManualClock
  readonly cloud: TestNode
  readonly hub: Hub
  readonly leases: HubLeases
  readonly members = new Map<MemberName, Member>()
  /** Who carried out what, in order. */
  readonly deeds: string[] = []
  readonly #stores = new Map<MemberName, ControlledStore>()
  readonly #storeOf: (node: string) => Store

  private constructor(clock: ManualClock, cloud: TestNode, hub: Hub, leases: HubLeases, storeOf: (node: string) => Store) {
    this.#storeOf = storeOf
    this.clock = clock
    this.cloud = cloud
    this.hub = hub
    this.leases = leases
  }

  static async open(holdover: Holdover, storeOf: (node: string) => Store): Promise<LeaseWorld> {
    const clock = new ManualClock()
    let leases: HubLeases | undefined
    const rightsOf = (peer: string, home: string): Rights => leases?.rightsOf(peer, home) ?? ALL_RIGHTS
    const store = new ControlledStore(storeOf(CLOUD))
    const identity = { node: CLOUD, nodeNumber: 1, authority: NO_AUTHORITY }
    const cloud = await TestNode.open({ ...identity, store, definitions: [CHORE], rightsOf }, clock)
    const handlers = new Map<string, CallHandler>()
    const children = MEMBERS.map((node) => ({ node, homes: [HOME] }))
    const hub = new Hub({ node: CLOUD, engine: cloud.engine, store, clock, timing: TIMING, children, handlers })
    leases = await HubLeases.open({
      enrolments: [{ home: HOME, nodes: MEMBERS, holdover }],
      writers: (_home, node) => ({ nodes: new Set([NUMBERS[node] ?? 0]) }),
      isLive: (node) => hub.condition(node).state === 'live',
      engine: cloud.engine,
      store,
      clock,
      handlers,
      hub: () => hub,
      onMoved: () => {},
    })
    const world = new LeaseWorld(clock, cloud, hub, leases, storeOf)
    for (const name of MEMBERS) await world.#begin(name)
    await clock.advance(1_000)
    return world
  }

  member(name: MemberName): Member {
    const member = this.members.get(name)
    if (member === undefined) throw new RangeError(`no ${name}`)
    return member
  }

  /** Those that may decide at this moment. */
  deciding(): readonly MemberName[] {
    return MEMBERS.filter((name) => this.member(name).keeper.standing(HOME).mayDecide)
  }

  async restart(name: MemberName): Promise<void> {
    const { node, keeper, uplink } = this.member(name)
    keeper.close()
    uplink.stop()
    await node.engine.close()
    await this.#begin(name)
  }

  async #begin(name: MemberName): Promise<void> {
    const { clock, hub } = this
    const store = this.#stores.get(name) ?? new ControlledStore(this.#storeOf(name))
    this.#stores.set(name, store)
    const line = this.members.get(name)?.line ?? new TestLine(clock, (connection) => hub.accept({ node: name, homes: [HOME] }, connection))
    const keeper = await LeaseKeeper.open({ store, clock, node: name, home: HOME, standby: name !== MEMBERS[0] })
    const rightsOf = (): Rights => ({ ...ALL_RIGHTS, acknowledged: new Map() })
    const parts = { node: name, nodeNumber: NUMBERS[name] ?? 0, hasHub: true, definitions: [CHORE], functions: this.#functions(name) }
    const node = await TestNode.open({ ...parts, store, authority: keeper, rightsOf }, clock)
    const hearNews: CallHandler = async () => {
      keeper.askSoon()
      return ok({})
    }
    const handlers = new Map([[LEASE_NEWS, hearNews]])
    const { engine } = node
    const settings = { node: name, life: `${engine.life}`, generation: store.generation, homes: [HOME], timing: TIMING }
    const random = { u32: () => 7 }
    const uplink = new UplinkLoop({
      engine,
      store,
      clock,
      random,
      dial: line.dial,
      hub: CLOUD,
      outlet: engine.outlet,
      handlers,
      settings,
      onStatus: ({ state }) => {
        if (state === 'live') keeper.askSoon()
      },
    })
    const handing = new HandingOver({ engine, clock, keeper, home: HOME, caller: uplink, sendAgentsAway: () => {} })
    this.members.set(name, { node, keeper, uplink, handing, line })
    keeper.start(uplink, new EngineTenure({ engine, store, home: HOME, hub: CLOUD, onTurned: () => {} }))
    uplink.start()
  }

  #functions(name: MemberName): ReadonlyMap<string, Performer> {
    const perform: Performer['perform'] = async ({ id }) => {
      await new Promise<void>((resolve) => void this.clock.after(100, resolve))
      this.deeds.push(`${name} ${id}`)
      return ok(name)
    }
    return new Map([['work', { safety: 'idempotent', perform }]])
  }
}
