/** The coordinator: an engine that is no home's authority, and a hub that gateways connect to. */
import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import { DependencyRelay, HubLoop, LinkPort } from '@holdfast/shared/engine'
import { DEFAULT_TIMING } from '@holdfast/shared/link'
import type { SimClock, StoreFaults } from '@holdfast/shared/testing'
import { EngineHost, type Life } from './engine-host.ts'
import type { Frame } from './frame.ts'
import { numberOf, rightsOfGateway } from './rights.ts'
import { CLOUD, gatewayOf, HOMES } from './setup.ts'

export const coordinator = (frame: Frame, machine: SimClock, faults: StoreFaults): EngineHost => {
  const identity = {
    node: CLOUD,
    nodeNumber: numberOf(CLOUD),
    authority: NO_AUTHORITY,
    functions: new Map(),
    rightsOf: rightsOfGateway,
  }
  return new EngineHost(frame, identity, machine, faults, (life) => openHub(frame, life))
}

const openHub = ({ network, plant }: Frame, { process, clock, store, engine }: Life): void => {
  const linked = plant.linked?.(engine) ?? engine
  const port = new LinkPort(linked, store, clock)
  const loops = new Map<string, HubLoop>()
  new DependencyRelay(engine)
  network.listen(process, (connection, from) => {
    loops.get(from)?.stop()
    const homes = HOMES.filter((home) => gatewayOf(home) === from)
    const settings = { hub: CLOUD, generation: store.generation, principal: { node: from, homes }, timing: DEFAULT_TIMING }
    const forget = (): void => {
      if (loops.get(from) === loop) loops.delete(from)
    }
    const loop: HubLoop = new HubLoop({ engine: linked, port, clock, settings, connection, onEnded: forget })
    loops.set(from, loop)
    return { onMessage: (bytes) => loop.received(bytes), onClose: (code, reason) => loop.closed(code, reason) }
  })
}
