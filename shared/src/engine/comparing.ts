/**
 * When a child compares with its hub (anti-entropy.ts): now and then, and soon after something that may have parted them — either end's
 * store was put back, an update was refused for want of what came before it, a damaged entry was passed over.
 *
 *   waiting ──due, or something happened and SOON_MS passed──▶ comparing ──▶ waiting
 *                                                                 └─ no answer: tried again after SOON_MS
 */
import type { Clock } from '../ports/clock.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import type { AntiEntropy, Comparison } from './anti-entropy.ts'
import type { LinkCaller } from './call-desk.ts'

/** What is on its way has arrived by then, mostly; what has not is found to differ, and costs a needless delta. */
export const SOON_MS = 3_000

export interface ComparingParts {
  readonly entropy: AntiEntropy
  readonly homes: readonly string[]
  readonly caller: LinkCaller
  readonly clock: Clock
  readonly everyMs: number
  readonly onCompared?: (home: string, compared: Result<Comparison, Refusal>) => void
}

export interface LastComparison extends Comparison {
  readonly agoMs: number
}

export class Comparing {
  readonly #parts: ComparingParts
  readonly #last = new Map<string, Comparison & { readonly at: number }>()
  #cancel: () => void = () => {}
  #isClosed = false

  constructor(parts: ComparingParts) {
    this.#parts = parts
    this.#wait(parts.everyMs)
  }

  /** Something happened that may have parted the two ends. */
  soon(): void {
    this.#wait(Math.min(SOON_MS, this.#parts.everyMs))
  }

  last(home: string): LastComparison | undefined {
    const last = this.#last.get(home)
    if (last === undefined) return undefined
    const { at, ...comparison } = last
    return { ...comparison, agoMs: Math.max(0, this.#parts.clock.now().monotonic - at) }
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  #wait(ms: number): void {
    this.#cancel()
    if (this.#isClosed) return
    this.#cancel = this.#parts.clock.after(ms, () => void this.#compareAll())
  }

  async #compareAll(): Promise<void> {
    const { homes, entropy, caller, clock, everyMs, onCompared } = this.#parts
    this.#wait(everyMs)
    for (const home of homes) {
      const compared = await entropy.compare(home, caller)
      onCompared?.(home, compared)
      if (compared.ok) this.#last.set(home, { ...compared.value, at: clock.now().monotonic })
      else if (compared.error.next === 'retry-later') this.soon()
    }
  }
}
