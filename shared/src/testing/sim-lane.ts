/**
 * One direction of a connection.
 *
 * It keeps what is under way in one queue, and an arrival delivers the head of it, whichever event that arrival came from. So
 * order holds by construction, whatever the tie-breaks, cuts and freezes (N1).
 */
import type { Kernel } from './kernel.ts'
import type { SimLink } from './sim-link.ts'
import type { SimProcess } from './sim-process.ts'

/** The code of an end without a goodbye (RFC 6455 §7.1.5). */
export const ABNORMAL = 1006

export type Item =
  | { readonly kind: 'open' }
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly code: number; readonly reason: string }

/** Where a lane leads. */
export interface LaneEnd {
  readonly process: SimProcess
  receive(item: Item): unknown
  breakBoth(reason: string): void
}

export class Lane {
  readonly #kernel: Kernel
  readonly #link: SimLink
  readonly #receiver: LaneEnd
  #queue: Item[] = []
  #lastArrivalAt = 0
  #bufferedBytes = 0
  #held = 0
  #deaf = false

  constructor(kernel: Kernel, link: SimLink, receiver: LaneEnd) {
    this.#kernel = kernel
    this.#link = link
    this.#receiver = receiver
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  send(item: Item): void {
    this.#queue.push(item)
    this.#bufferedBytes += sizeOf(item)
    if (this.#deaf) return
    if (this.#link.isCut) this.#hold()
    else this.#travel(sizeOf(item))
  }

  /** Forgets what is under way and ends the connection at the far end. */
  abort(reason: string): void {
    this.#queue = []
    this.#bufferedBytes = 0
    this.send({ kind: 'end', code: ABNORMAL, reason })
  }

  /** From now on nothing arrives, and what is sent counts as never acknowledged (N2). */
  deafen(): void {
    this.#deaf = true
  }

  /** Whether the message just sent was one too many for the connection. */
  breaks(): boolean {
    return this.#link.resets()
  }

  #travel(bytes: number): void {
    const onItsOwn = this.#kernel.now + this.#link.transitMs(bytes) + this.#link.retransmissionMs()
    this.#lastArrivalAt = Math.max(this.#lastArrivalAt, onItsOwn)
    const label = `from ${this.#link.from}`
    this.#kernel.at(this.#lastArrivalAt - this.#kernel.now, label, () => this.#arrive(), this.#link.to)
  }

  #arrive(): unknown {
    if (this.#deaf) return undefined
    if (!this.#link.isCut) return this.#receiver.process.enter(() => this.#deliver())
    this.#hold()
    return undefined
  }

  #deliver(): unknown {
    if (this.#deaf) return undefined
    const item = this.#queue.shift()
    if (item === undefined) return undefined
    this.#bufferedBytes -= sizeOf(item)
    return this.#receiver.receive(item)
  }

  #hold(): void {
    this.#held += 1
    if (this.#held === 1) this.#link.whenHealed(() => this.#resume())
  }

  #resume(): void {
    const held = this.#held
    this.#held = 0
    if (this.#deaf || this.#queue.length === 0) return
    if (this.#link.timedOut()) this.#receiver.breakBoth('timed out')
    else for (let index = 0; index < held; index++) this.#travel(0)
  }
}

const sizeOf = (item: Item): number => (item.kind === 'message' ? item.bytes.length : 0)
