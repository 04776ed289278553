/** One seed's world of authority and policies: faults first, then everything heals and must agree. */
import {
  assertInvariant,
  drawFaultPlan,
  drawKnobs,
  drawSkew,
  type FaultTargets,
  History,
  Kernel,
  linkConditionsOf,
  Prng,
  SimNetwork,
  scheduleFaults,
  storeFaultsOf,
} from '@holdfast/shared/testing'
import { condensed } from '../world/setup.ts'
import { Clients, namesIn } from './clients.ts'
import { type AccordFrame, type AccordPlant, BOUNDED, FIRST, GATEWAYS, HOME, HUB, STANDBY, workflowOf } from './frame.ts'
import { bootGateway, type GatewayProgram } from './gateway.ts'
import { bootHub, type HubProgram } from './hub.ts'
import { Machine } from './machine.ts'

export const SAFETY_MS = 70_000
const HANDOVERS = 4

type Node = (typeof GATEWAYS)[number]

const BEYOND: ReadonlySet<string> = new Set(['clone', 'revoke', 'upgrade'])
const CALM = { maxDelayMs: 5, bytesPerMs: 0, loss: 0, duplicate: 0, reorder: 0, resetsPerMessage: 0, timeoutAtHeal: 0 }
const MAX_DELAY_MS = 2_000

export class AccordWorld {
  readonly frame: AccordFrame
  readonly hub: Machine<HubProgram>
  readonly gateways: Readonly<Record<Node, Machine<GatewayProgram>>>
  readonly clients: Clients
  /** When each bounded decision was committed, and under which epoch: the last time, if its first authority's part was judged again. */
  readonly committed = new Map<string, { readonly at: number; readonly epoch: number }>()
  readonly #heal: () => void

  constructor(seed: number, plant: AccordPlant) {
    const prng = new Prng(`accord ${seed}`)
    const drawn = condensed(drawKnobs(prng))
    const values = { ...drawn.values, maxDelayMs: Math.min(drawn.values.maxDelayMs, MAX_DELAY_MS), offlineMs: 0, ...plant.weather }
    const knobs = { ...drawn, values }
    const kernel = new Kernel(prng, new History())
    const conditions = { ...linkConditionsOf(knobs) }
    const faults = { ...storeFaultsOf(knobs) }
    const network = new SimNetwork(kernel, prng, conditions)
    this.frame = { kernel, network, prng, plant }
    const partsOf = (node: string) => ({ skew: drawSkew(prng.stream(`skew ${node}`), knobs), faults })
    this.hub = new Machine(this.frame, HUB, partsOf(HUB), (booted) => bootHub(this.frame, booted))
    const gateway = (node: Node) =>
      new Machine(this.frame, node, partsOf(node), async (booted) => {
        const running = await bootGateway(this.frame, node, booted)
        if (running !== undefined) this.#watch(running)
        return running
      })
    this.gateways = { [FIRST]: gateway(FIRST), [STANDBY]: gateway(STANDBY) }
    this.clients = new Clients(this)
    const topology = { nodes: [HUB, ...GATEWAYS], hub: HUB, pairs: GATEWAYS.map((node): [string, string] => [node, HUB]) }
    const plan = drawFaultPlan(prng, knobs, topology, SAFETY_MS).filter(({ kind }) => !BEYOND.has(kind))
    const schedule = scheduleFaults(kernel, network, plan, this.#targets())
    this.#heal = () => {
      Object.assign(conditions, linkConditionsOf({ ...knobs, values: { ...values, ...CALM } }))
      Object.assign(faults, { maxSyncMs: 0, diskFull: 0, unknownOutcome: 0 })
      schedule.end()
    }
    for (let n = 1; n <= HANDOVERS; n += 1) {
      const at = (prng.stream(`handover ${n}`).between(5_000, SAFETY_MS) * n) / HANDOVERS
      kernel.at(at, 'an operator hands over', () => this.#handOver())
    }
    kernel.afterEach(() => this.#oneDecides())
  }

  machine(node: string): Machine<HubProgram> | Machine<GatewayProgram> {
    return node === HUB ? this.hub : node === FIRST ? this.gateways[FIRST] : this.gateways[STANDBY]
  }

  start(): void {
    for (const node of [HUB, ...GATEWAYS]) this.machine(node).start()
  }

  heal(): void {
    this.#heal()
    this.start()
  }

  get deciders(): readonly string[] {
    return GATEWAYS.filter((node) => this.gateways[node].awake?.keeper.standing(HOME).mayDecide === true)
  }

  get epoch(): number {
    return this.hub.awake?.leases.leaseOf(HOME)?.epoch ?? 0
  }

  /** C2: a lease that ends by time is never held by two at once. */
  #oneDecides(): void {
    assertInvariant('C2 one decides at a time', this.deciders.length <= 1, () => ({ at: this.frame.kernel.now }))
  }

  #watch({ engine, keeper }: GatewayProgram): void {
    engine.onCommitted(({ news }) => {
      for (const { id, entries } of news)
        if (id === workflowOf(BOUNDED) && keeper.isAuthority(HOME))
          for (const name of namesIn(entries)) this.committed.set(name, { at: this.frame.kernel.now, epoch: keeper.epochOf(HOME) })
    })
  }

  #handOver(): void {
    const [from] = this.deciders
    const running = from === FIRST ? this.gateways[FIRST].awake : this.gateways[STANDBY].awake
    if (from === undefined || running === undefined) return
    const { kernel } = this.frame
    running.handing
      .run(from === FIRST ? STANDBY : FIRST, 'an operator')
      .then((done) => kernel.history.count(`handover ${done.ok ? 'done' : done.error.code}`))
      .catch((error: unknown) => kernel.fail(error))
  }

  #targets(): FaultTargets {
    const never = (): never => {
      throw new TypeError('this fault is not simulated here')
    }
    return {
      crash: (node, death) => this.machine(node).crash(death),
      restart: (node) => this.machine(node).start(),
      freeze: (node, durationMs, kind) => this.machine(node).process?.freeze(durationMs, kind),
      jump: (node, byMs) => this.machine(node).clock.jump(byMs),
      clone: never,
      revoke: never,
      upgrade: never,
    }
  }
}
