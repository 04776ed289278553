/**
 * Single messages that may be lost, doubled, or overtaken, for tests of one machine against the worst a network can do.
 */
import type { Kernel } from './kernel.ts'
import type { SimNetwork } from './sim-network.ts'
import type { SimProcess } from './sim-process.ts'

export type Receive = (from: string, message: Uint8Array) => void

export class SimDatagrams {
  readonly #kernel: Kernel
  readonly #network: SimNetwork
  readonly #receivers = new Map<string, { readonly process: SimProcess; readonly receive: Receive }>()

  constructor(kernel: Kernel, network: SimNetwork) {
    this.#kernel = kernel
    this.#network = network
  }

  receive(process: SimProcess, receive: Receive): void {
    this.#receivers.set(process.name, { process, receive })
  }

  send(process: SimProcess, to: string, message: Uint8Array): void {
    if (!process.alive) return
    const link = this.#network.link(process.name, to)
    const copies = link.duplicates() ? 2 : 1
    for (let copy = 0; copy < copies; copy++) this.#sendOne(process.name, to, message.slice())
  }

  #sendOne(from: string, to: string, message: Uint8Array): void {
    const link = this.#network.link(from, to)
    const delayMs = link.transitMs(message.length) + link.holdBackMs()
    if (link.loses() || link.isCut) return
    this.#kernel.at(delayMs, `datagram from ${from}`, () => this.#arrive(from, to, message), to)
  }

  #arrive(from: string, to: string, message: Uint8Array): unknown {
    const receiver = this.#receivers.get(to)
    if (receiver === undefined || this.#network.link(from, to).isCut) return undefined
    return receiver.process.enter(() => receiver.receive(from, message))
  }
}
