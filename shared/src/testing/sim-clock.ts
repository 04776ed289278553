/**
 * A machine's clock, which outlives its processes, and each process's view of it as the `Clock` port.
 *
 *   wall       epoch + t · (1 + drift) + offset, whole milliseconds; `jump` moves the offset
 *   monotonic  (t − start of the process − time suspended) · (1 + drift); untouched by jumps
 *
 * where t is the kernel's time. Timers wait on monotonic time; one that comes due early, because its machine slept, is re-armed.
 */
import type { Clock } from '../ports/clock.ts'
import type { Kernel } from './kernel.ts'
import type { SimProcess } from './sim-process.ts'

/** 2026-01-01T00:00:00Z */
const WORLD_EPOCH_MS = 1_767_225_600_000

export class SimClock {
  readonly #kernel: Kernel
  readonly #rate: number
  #offsetMs: number

  constructor(kernel: Kernel, skew: { readonly driftPpm: number; readonly offsetMs: number } = { driftPpm: 0, offsetMs: 0 }) {
    this.#kernel = kernel
    this.#rate = 1 + skew.driftPpm / 1e6
    this.#offsetMs = skew.offsetMs
  }

  wall(): number {
    return Math.floor(WORLD_EPOCH_MS + this.#kernel.now * this.#rate + this.#offsetMs)
  }

  jump(byMs: number): void {
    this.#offsetMs += byMs
  }

  /** The clock as a process sees it. Its timers die with the process. */
  of(process: SimProcess): Clock {
    const monotonic = () => (this.#kernel.now - process.startedAt - process.suspendedMs) * this.#rate
    return {
      now: () => ({ wall: this.wall(), monotonic: monotonic() }),
      after: (delayMs, callback) => this.#wait(process, monotonic, monotonic() + delayMs, callback),
    }
  }

  #wait(process: SimProcess, monotonic: () => number, dueAt: number, callback: () => void): () => void {
    let cancel: () => void
    const arm = (): void => {
      cancel = process.after((dueAt - monotonic()) / this.#rate, 'timer', fire)
    }
    const fire = (): void => (monotonic() < dueAt ? arm() : callback())
    arm()
    return () => cancel()
  }
}
