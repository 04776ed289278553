/**
 * One life of a node's program. What a program set in motion ends with it: timers, waiting callbacks, connections.
 *
 *   running ⇄ frozen        (`freeze`; what comes due meanwhile waits and is then done one thing at a time)
 *      └────────┴─→ dead    (`kill`, for ever; a restart is a new SimProcess with the next life)
 *
 * R1  No callback of a process runs while it is frozen or after it died.
 * R2  Killing is silent to the process itself: nothing of it gets a chance to say goodbye.
 *
 * Doesn't know about clocks or connections; they hold on to it.
 */
import type { Kernel } from './kernel.ts'

/** `crash`: the operating system lives on and resets the peers' connections. `power-loss`: the peers hear nothing. */
export type Death = 'crash' | 'power-loss'

/** `pause`: as by SIGSTOP, monotonic time goes on. `suspend`: the machine sleeps, monotonic time stands still, wall time goes on. */
export type Freeze = 'pause' | 'suspend'

export class SimProcess {
  readonly name: string
  readonly life: number
  readonly startedAt: number
  readonly #kernel: Kernel
  readonly #timers = new Set<() => void>()
  readonly #onKill = new Set<(death: Death) => void>()
  #alive = true
  #waiting: (() => unknown)[] | undefined
  #suspendedMs = 0
  #asleepSince: number | undefined

  constructor(kernel: Kernel, name: string, life = 1) {
    this.#kernel = kernel
    this.name = name
    this.life = life
    this.startedAt = kernel.now
  }

  get alive(): boolean {
    return this.#alive
  }

  get frozen(): boolean {
    return this.#waiting !== undefined
  }

  /** How long its machine slept during its life. */
  get suspendedMs(): number {
    const { now } = this.#kernel
    return this.#suspendedMs + (now - (this.#asleepSince ?? now))
  }

  /** Runs the callback as this process: now, when it thaws, or never. */
  enter(callback: () => unknown): unknown {
    if (!this.#alive) return undefined
    if (this.#waiting === undefined) return callback()
    this.#waiting.push(callback)
    return undefined
  }

  /** Runs the callback as this process after a virtual delay. The returned function cancels, and is harmless late or twice. */
  after(delayMs: number, label: string, callback: () => unknown): () => void {
    if (!this.#alive) return () => undefined
    let cancelled = false
    const cancelEvent = this.#kernel.at(
      delayMs,
      label,
      () => {
        this.#timers.delete(cancelEvent)
        return this.enter(() => (cancelled ? undefined : callback()))
      },
      this.name,
    )
    this.#timers.add(cancelEvent)
    return () => {
      cancelled = true // it may be due already and waiting for a thaw
      cancelEvent()
      this.#timers.delete(cancelEvent)
    }
  }

  /** Called when it dies, unless the returned function was called before. For the world, not for the program. */
  onKill(callback: (death: Death) => void): () => void {
    this.#onKill.add(callback)
    return () => this.#onKill.delete(callback)
  }

  /** Without effect on the dead and the frozen. */
  freeze(durationMs: number, kind: Freeze): void {
    if (!this.#alive || this.frozen) return
    this.#waiting = []
    if (kind === 'suspend') this.#asleepSince = this.#kernel.now
    this.#kernel.at(durationMs, `thaw after ${kind}`, () => this.#thaw(), this.name)
  }

  #thaw(): void {
    const waiting = this.#waiting ?? []
    this.#suspendedMs = this.suspendedMs
    this.#asleepSince = undefined
    this.#waiting = undefined
    for (const callback of waiting) this.after(0, 'thawed', callback)
  }

  kill(death: Death = 'crash'): void {
    if (!this.#alive) return
    this.#alive = false
    this.#waiting = undefined
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    for (const callback of [...this.#onKill]) callback(death)
    this.#onKill.clear()
  }
}
