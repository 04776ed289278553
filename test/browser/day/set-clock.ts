import type { Clock } from '@holdfast/shared/ports'
import type { Instant } from '@holdfast/shared/values'

const MORNING = Date.UTC(2026, 0, 5, 8)

/** A clock that stands still until it is set on: what happens meanwhile happens at one moment, on any platform. */
export class SetClock implements Clock {
  #elapsedMs = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): Instant {
    return { wall: MORNING + this.#elapsedMs, monotonic: this.#elapsedMs }
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#elapsedMs + delayMs, callback }
    this.#timers.push(timer)
    if (delayMs <= 0) setTimeout(() => this.#fire())
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  advance(ms: number): void {
    this.#elapsedMs += ms
    setTimeout(() => this.#fire())
  }

  #fire(): void {
    const due = this.#timers.filter(({ at }) => at <= this.#elapsedMs)
    this.#timers = this.#timers.filter(({ at }) => at > this.#elapsedMs)
    for (const { callback } of due) callback()
  }
}
