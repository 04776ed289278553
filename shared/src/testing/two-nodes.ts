/** Two nodes and a connection between them, for the network's tests. */
import type { Connection } from '../ports/transport.ts'
import { Kernel } from './kernel.ts'
import { Prng } from './prng.ts'
import { CALM, type LinkConditions } from './sim-link.ts'
import { SimNetwork } from './sim-network.ts'
import { SimProcess } from './sim-process.ts'

export const byte = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value & 255)
const numberIn = (bytes: Uint8Array): number => (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)

/** What one side of a connection saw. */
export class Side {
  readonly got: number[] = []
  readonly closes: string[] = []
  connection: Connection | undefined
  onOpen(connection: Connection): void {
    this.connection = connection
  }
  onMessage(message: Uint8Array): void {
    this.got.push(numberIn(message))
  }
  onClose(code: number, reason: string): void {
    this.closes.push(`${code} ${reason}`)
  }
}

export const world = (conditions: Partial<LinkConditions> = {}, seed = 1) => {
  const prng = new Prng(seed)
  const kernel = new Kernel(prng)
  const network = new SimNetwork(kernel, prng, { ...CALM, ...conditions })
  const cloud = new SimProcess(kernel, 'cloud')
  const gateway = new SimProcess(kernel, 'gateway')
  const [hub, child] = [new Side(), new Side()]
  const callers: string[] = []
  network.listen(cloud, (connection, from) => {
    callers.push(from)
    hub.connection = connection
    return hub
  })
  return { prng, kernel, network, cloud, gateway, hub, child, callers }
}

export const connected = async (conditions: Partial<LinkConditions> = {}, seed = 1) => {
  const made = world(conditions, seed)
  made.network.dial(made.gateway, 'cloud', made.child)
  await made.kernel.runUntil(() => made.child.connection !== undefined || made.child.closes.length > 0, 100_000)
  return made
}
