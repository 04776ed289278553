/**
 * The way from one node to another, one direction of it: how long things take, what is lost, and whether it is cut.
 *
 * Every kind of misfortune draws from a stream of its own, and draws whether or not its rate is zero, so switching one off leaves the
 * others as they were. Cuts nest: the way is open again when every cut was healed.
 */
import type { Kernel } from './kernel.ts'
import type { Prng } from './prng.ts'

export interface LinkConditions {
  /** Delays follow a heavy tail between these, at least 1. */
  readonly minDelayMs: number
  readonly maxDelayMs: number
  /** Share of sendings lost. A datagram is gone; a connection sends again and is late. */
  readonly loss: number
  /** Share of datagrams that arrive twice. Connections never duplicate within themselves. */
  readonly duplicate: number
  /** Share of datagrams held back so that later ones overtake them. */
  readonly reorder: number
  /** Chance that sending a message breaks its connection. */
  readonly reset: number
  /** Share of heals after which a connection that had something waiting turns out to have given up. */
  readonly timeoutAtHeal: number
  /** 0 is unlimited. */
  readonly bytesPerMs: number
}

export const CALM: LinkConditions = {
  minDelayMs: 1,
  maxDelayMs: 5,
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reset: 0,
  timeoutAtHeal: 0,
  bytesPerMs: 0,
}

const FIRST_RETRANSMISSION_MS = 200
const MOST_RETRANSMISSIONS = 5

export class SimLink {
  readonly from: string
  readonly to: string
  readonly #kernel: Kernel
  readonly #conditions: LinkConditions
  readonly #streams: Record<'delay' | 'loss' | 'duplicate' | 'reorder' | 'reset' | 'heal', Prng>
  readonly #whenHealed = new Set<() => void>()
  #cuts = 0
  #busyUntil = 0

  constructor(kernel: Kernel, prng: Prng, from: string, to: string, conditions: LinkConditions) {
    this.from = from
    this.to = to
    this.#kernel = kernel
    this.#conditions = conditions
    const own = (kind: string) => prng.stream(`${from}>${to}/${kind}`)
    this.#streams = {
      delay: own('delay'),
      loss: own('loss'),
      duplicate: own('duplicate'),
      reorder: own('reorder'),
      reset: own('reset'),
      heal: own('heal'),
    }
  }

  get isCut(): boolean {
    return this.#cuts > 0
  }

  /** Returns what heals this cut; calling it twice is harmless. */
  cut(): () => void {
    this.#cuts += 1
    let healed = false
    return () => {
      if (healed) return
      healed = true
      this.#cuts -= 1
      if (!this.isCut) this.#heal()
    }
  }

  /** Calls back once, when the way is next open. */
  whenHealed(callback: () => void): void {
    this.#whenHealed.add(callback)
  }

  #heal(): void {
    const waiting = [...this.#whenHealed]
    this.#whenHealed.clear()
    for (const callback of waiting) callback()
  }

  /** How long something of this size takes to arrive, queueing for bandwidth included. */
  transitMs(bytes: number): number {
    const { minDelayMs, maxDelayMs } = this.#conditions
    return this.#transmissionMs(bytes) + this.#streams.delay.heavyTail(minDelayMs, Math.max(minDelayMs, maxDelayMs))
  }

  #transmissionMs(bytes: number): number {
    const { bytesPerMs } = this.#conditions
    if (bytesPerMs === 0) return 0
    this.#busyUntil = Math.max(this.#busyUntil, this.#kernel.now) + bytes / bytesPerMs
    return Math.ceil(this.#busyUntil - this.#kernel.now)
  }

  /** What a connection waits in addition while lost packets are sent again, each time twice as long. */
  retransmissionMs(): number {
    let lost = 0
    while (lost < MOST_RETRANSMISSIONS && this.loses()) lost += 1
    return FIRST_RETRANSMISSION_MS * (2 ** lost - 1)
  }

  loses(): boolean {
    return this.#misfortune('loss', this.#conditions.loss)
  }

  duplicates(): boolean {
    return this.#misfortune('duplicate', this.#conditions.duplicate)
  }

  /** How much later a datagram comes than it would have; 0 for most. */
  holdBackMs(): number {
    const extra = this.#streams.reorder.between(1, 3 * this.#conditions.maxDelayMs)
    return this.#misfortune('reorder', this.#conditions.reorder) ? extra : 0
  }

  resets(): boolean {
    return this.#misfortune('reset', this.#conditions.reset)
  }

  timedOut(): boolean {
    return this.#misfortune('heal', this.#conditions.timeoutAtHeal)
  }

  #misfortune(kind: 'loss' | 'duplicate' | 'reorder' | 'reset' | 'heal', rate: number): boolean {
    const struck = this.#streams[kind].chance(rate)
    if (struck) this.#kernel.history.count(`network ${kind}`)
    return struck
  }
}
