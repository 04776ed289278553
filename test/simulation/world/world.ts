/**
 * One seed's world: a coordinator, two facilities with their gateways and agents, a network between them, clients, and faults.
 *
 *   safety     faults are on; whatever a crash leaves on a disk is checked at once
 *   liveness   everything heals; within a budget of virtual time all work ends and all replicas agree
 */
import {
  drawSkew,
  History,
  Kernel,
  linkConditionsOf,
  Prng,
  SimClock,
  SimNetwork,
  scheduleFaults,
  storeFaultsOf,
} from '@holdfast/shared/testing'
import { Watch } from '../checks/watch.ts'
import type { Plant } from '../planted/plant.ts'
import { Agent } from './agent.ts'
import { Clients } from './clients.ts'
import { coordinator } from './coordinator.ts'
import { drawCrew } from './crew.ts'
import type { EngineHost } from './engine-host.ts'
import type { Frame } from './frame.ts'
import { type Gateway, gateway } from './gateway.ts'
import { scheduleAttacks } from './hostile.ts'
import { Ledger } from './ledger.ts'
import { scheduleOperators } from './operators.ts'
import { drawOrders } from './orders.ts'
import { CLOUD, drawSetup, gatewayOf, HOMES } from './setup.ts'

export class World {
  readonly frame: Frame
  readonly clients: Clients
  readonly hosts = new Map<string, EngineHost>()
  readonly gateways: readonly Gateway[]
  readonly agents = new Map<string, Agent>()
  readonly watch: Watch
  readonly #machines = new Map<string, SimClock>()
  readonly #heal: () => void

  constructor(seed: number, plant: Plant, masked: ReadonlySet<string> = new Set(), linesPerNode = 200) {
    const prng = new Prng(seed)
    const setup = drawSetup(seed, prng, plant.weather)
    const kernel = new Kernel(prng, new History(linesPerNode))
    const conditions = { ...linkConditionsOf(setup.knobs) }
    const storeFaults = { ...storeFaultsOf(setup.knobs) }
    const network = new SimNetwork(kernel, prng, conditions)
    let calm = false
    this.frame = { kernel, network, prng, setup, ledger: new Ledger(), plant, isCalm: () => calm }
    this.watch = new Watch(this.frame, (agent) => this.agents.get(agent)?.spec.capacity ?? 0)
    const cloud = coordinator(this.frame, this.#machine(CLOUD), storeFaults)
    this.gateways = HOMES.map((home) => gateway(this.frame, home, this.#machine(gatewayOf(home)), storeFaults))
    for (const host of [cloud, ...this.gateways.map((one) => one.host)]) {
      this.hosts.set(host.name, host)
      host.onLife = (life) => this.watch.attach(life, host !== cloud)
    }
    this.#hire()
    this.clients = new Clients(this.frame, this.hosts)
    const faults = scheduleFaults(kernel, network, setup.plan, this.#targets(), masked)
    this.#heal = () => {
      calm = true
      Object.assign(conditions, linkConditionsOf({ ...setup.knobs, values: { ...setup.knobs.values, ...MILD_NETWORK } }))
      Object.assign(storeFaults, { maxSyncMs: 0, diskFull: 0, unknownOutcome: 0 })
      faults.end()
    }
    scheduleOperators(this.frame, this.clients, drawOrders(prng.stream('orders'), setup))
    scheduleAttacks(this.frame, this.gateways)
  }

  start(): void {
    for (const node of [...this.hosts.values(), ...this.agents.values()]) node.start()
  }

  /** Ends the safety phase. */
  heal(): void {
    this.#heal()
    this.start()
  }

  host(node: string): EngineHost {
    const host = this.hosts.get(node)
    if (host === undefined) throw new RangeError(`no node ${node}`)
    return host
  }

  #machine(node: string): SimClock {
    const { prng, setup, kernel } = this.frame
    const machine = new SimClock(kernel, drawSkew(prng.stream(`skew ${node}`), setup.knobs))
    this.#machines.set(node, machine)
    return machine
  }

  #hire(): void {
    const { prng, setup } = this.frame
    for (const { home } of this.gateways) {
      for (const spec of drawCrew(prng.stream(`crew ${home}`), home, setup.particulars.agentsPerHome)) {
        this.agents.set(spec.agent, new Agent(this.frame, spec, this.#machine(spec.agent)))
      }
    }
  }

  #targets(): Parameters<typeof scheduleFaults>[3] {
    const node = (name: string) => this.hosts.get(name) ?? this.agents.get(name)
    const never = (): never => {
      throw new TypeError('this fault is not simulated here')
    }
    return {
      crash: (name, death) => node(name)?.crash(death),
      restart: (name) => node(name)?.start(),
      freeze: (name, durationMs, kind) => node(name)?.process?.freeze(durationMs, kind),
      jump: (name, byMs) => this.#machines.get(name)?.jump(byMs),
      clone: never,
      revoke: never,
      upgrade: never,
    }
  }
}

const MILD_NETWORK = {
  maxDelayMs: 5,
  bytesPerMs: 0,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  resetsPerMessage: 0,
  timeoutAtHeal: 0,
}
