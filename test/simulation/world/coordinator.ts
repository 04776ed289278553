/** The coordinator: an engine that is no home's authority, and a hub that gateways connect to. */
import { NO_AUTHORITY } from '@holdfast/shared/consistency'
import { DependencyRelay, Hub } from '@holdfast/shared/engine'
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
  const children = HOMES.map((home) => ({ node: gatewayOf(home), homes: [home] }))
  new DependencyRelay(engine)
  const hub = new Hub({ node: CLOUD, engine: linked, store, clock, timing: DEFAULT_TIMING, children })
  network.listen(process, (connection, from) => {
    const child = children.find(({ node }) => node === from)
    if (child === undefined) throw new RangeError(`${from} is no child of ${CLOUD}`)
    return hub.accept(child, connection)
  })
}
