/**
 * A connection as TCP behaves: two ends, and between them two lanes, one for each direction.
 *
 *   end    opening ──→ open ──→ ended
 *             └───────────────────↑     `onClose` once, except when its process died
 *
 * N1  What arrives on a lane is a prefix of what was sent, in order, each once. A cut holds it up; a heal lets it go on or ends the connection.
 * N2  A deaf lane carries nothing any more, not even its end, and says so to nobody: the half-open connection.
 * N3  What was under way from or to a process that dies is lost.
 *
 * The lanes are in sim-lane.
 */
import type { Connection, ConnectionHandlers } from '../ports/transport.ts'
import type { Kernel } from './kernel.ts'
import { ABNORMAL, type Item, Lane, type LaneEnd } from './sim-lane.ts'
import type { SimLink } from './sim-link.ts'
import type { Death, SimProcess } from './sim-process.ts'

export interface DialHandlers extends ConnectionHandlers {
  /** A dial that fails calls `onClose` with 1006 and never this. */
  onOpen(connection: Connection): void
}

export class End implements Connection, LaneEnd {
  readonly process: SimProcess
  readonly #kernel: Kernel
  #state: 'opening' | 'open' | 'ended' = 'opening'
  #handlers: ConnectionHandlers | undefined
  #onOpen: (() => void) | undefined
  #outgoing: Lane | undefined
  #peer: End | undefined
  readonly #forgetProcess: () => void

  constructor(kernel: Kernel, process: SimProcess) {
    this.#kernel = kernel
    this.process = process
    this.#forgetProcess = process.onKill((death) => this.#die(death))
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  get opening(): boolean {
    return this.#state === 'opening'
  }

  get bufferedBytes(): number {
    return this.#outgoing?.bufferedBytes ?? 0
  }

  handle(handlers: ConnectionHandlers, onOpen?: () => void): void {
    this.#handlers = handlers
    this.#onOpen = onOpen
  }

  /** Accepts a dialling end: both get their lanes, and the dialler hears of it in order with what follows. */
  accept(dialler: End, outward: SimLink, homeward: SimLink): void {
    this.#peer = dialler
    dialler.#peer = this
    dialler.#outgoing = new Lane(this.#kernel, outward, this)
    this.#outgoing = new Lane(this.#kernel, homeward, dialler)
    this.#state = 'open'
    this.#outgoing.send({ kind: 'open' })
  }

  send(message: Uint8Array): void {
    if (this.#state !== 'open' || this.#outgoing === undefined) return
    this.#outgoing.send({ kind: 'message', bytes: message.slice() }) // a sender may use its buffer again
    if (this.#outgoing.breaks()) this.breakBoth('reset')
  }

  close(code: number, reason: string): void {
    if (this.ended) return
    this.#outgoing?.send({ kind: 'end', code, reason })
    this.#endSoon(code, reason)
  }

  receive(item: Item): unknown {
    if (this.ended) return undefined
    switch (item.kind) {
      case 'open':
        this.#state = 'open'
        return this.#onOpen?.()
      case 'message':
        return this.#handlers?.onMessage(item.bytes)
      case 'end':
        this.#end()
        return this.#handlers?.onClose(item.code, item.reason)
    }
  }

  /** The network gives up on the connection, and both ends learn of it now. */
  breakBoth(reason: string): void {
    this.fail(reason)
    this.#peer?.fail(reason)
  }

  /** This end gives up; what it had sent and not yet delivered is gone, and the far end hears so if the way is open. */
  fail(reason: string): void {
    if (this.ended) return
    this.#outgoing?.abort(reason)
    this.#endSoon(ABNORMAL, reason)
  }

  /** Nothing sent from this end arrives any more (N2). */
  deafen(): void {
    this.#outgoing?.deafen()
  }

  #endSoon(code: number, reason: string): void {
    this.#end()
    this.process.after(0, 'closed', () => this.#handlers?.onClose(code, reason))
  }

  #end(): void {
    this.#state = 'ended'
    this.#forgetProcess()
  }

  #die(death: Death): void {
    this.#state = 'ended'
    if (death === 'crash') this.#outgoing?.abort('peer died')
    else this.#outgoing?.deafen()
  }
}
