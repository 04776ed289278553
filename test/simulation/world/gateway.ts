/** A facility's gateway: an engine that is its home's authority, an uplink to the coordinator, and a socket for agents. */
import { fixedAuthority } from '@holdfast/shared/consistency'
import { DependencyRelay, type Hooks, UplinkLoop } from '@holdfast/shared/engine'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import type { Connection, Dial } from '@holdfast/shared/ports'
import type { SimClock, SimNetwork, SimProcess, StoreFaults } from '@holdfast/shared/testing'
import { listenForAgents } from './agent-socket.ts'
import { EngineHost, type Life } from './engine-host.ts'
import type { Frame } from './frame.ts'
import { overheard } from './overheard.ts'
import { numberOf, rightsOfHub } from './rights.ts'
import { keepSchedule } from './rounds.ts'
import { executorsOf, servicesOf } from './services.ts'
import { CLOUD, gatewayOf } from './setup.ts'

export interface Gateway {
  readonly home: string
  readonly host: EngineHost
  /** The running uplink; none while the node is down. */
  uplink(): UplinkLoop | undefined
}

export const gateway = (frame: Frame, home: string, machine: SimClock, faults: StoreFaults): Gateway => {
  let uplink: { readonly life: Life; readonly loop: UplinkLoop } | undefined
  const node = gatewayOf(home)
  const services = servicesOf(frame, node)
  const functions = frame.plant.functions?.(services) ?? services
  const executors = executorsOf(frame, node)
  const { limits, retention } = frame.setup.particulars
  const isUpToDate = (): boolean => uplink?.loop.status.state === 'live' && uplink.loop.status.pending === 0
  const shared = {
    nodeNumber: numberOf(node),
    authority: fixedAuthority([home]),
    hasHub: true,
    functions,
    executors,
    rightsOf: () => rightsOfHub,
    hooks: HOOKS,
    retention: { ...retention, mayErase: isUpToDate },
  }
  const identity = { node, ...shared, limits }
  const host = new EngineHost(frame, identity, machine, faults, (life) => {
    new DependencyRelay(life.engine)
    uplink = { life, loop: openUplink(frame, home, life) }
    listenForAgents(frame, life)
    keepSchedule(frame, home, life)
    uplink.loop.start()
  })
  return { home, host, uplink: () => (uplink?.life === host.life ? uplink?.loop : undefined) }
}

/** Here nobody may terminate a chain of functions. */
const HOOKS: Hooks = {
  before: ({ definition, decision }) =>
    definition === 'function-chain' && decision === 'terminate' ? 'A chain is let run out.' : undefined,
}

const openUplink = (frame: Frame, home: string, { number, process, clock, store, engine }: Life): UplinkLoop => {
  const { network, plant, prng } = frame
  const node = process.name
  const settings = { node, life: `${number}`, homes: [home], timing: DEFAULT_TIMING }
  const dial = overheard(frame, node, dialFrom(network, process, CLOUD))
  return new UplinkLoop({
    engine: plant.linked?.(engine) ?? engine,
    store,
    clock,
    random: prng.stream(`uplink ${node} ${number}`),
    dial: plant.dial?.(dial) ?? dial,
    hub: CLOUD,
    outlet: engine.outlet,
    settings,
  })
}

/** The simulated network as the `Dial` port: a connection in hand at once, usable once open. */
export const dialFrom =
  (network: SimNetwork, process: SimProcess, to: string): Dial =>
  ({ onOpen, ...handlers }) => {
    let open: Connection | undefined
    const giveUp = network.dial(process, to, {
      ...handlers,
      onOpen: (connection) => {
        open = connection
        onOpen()
      },
    })
    return {
      send: (message) => open?.send(message),
      close: (code, reason) => (open === undefined ? giveUp() : open.close(code, reason)),
      get bufferedBytes() {
        return open?.bufferedBytes ?? 0
      },
    }
  }
