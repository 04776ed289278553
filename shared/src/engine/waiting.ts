/**
 * What waits for the limits, as the last round of asking left it: when it is worth asking again though nothing was given back, and who
 * has waited so long that somebody should know (LIM-4).
 */
import { taskId } from '../workflow/attempt.ts'
import type { WantedBegin } from '../workflow/want.ts'

export interface Waiting {
  readonly workflow: string
  readonly begin: WantedBegin
  readonly pool: string
  readonly shortage: string
  /** Monotonic. */
  readonly retryAt?: number
}

export class WaitingList {
  readonly #starvingMs: number
  #waiting: readonly Waiting[] = []
  readonly #reported = new Set<string>()
  #resting = false

  constructor(starvingMs: number) {
    this.#starvingMs = starvingMs
  }

  /** What waits now. @returns who has begun to starve since it was last told */
  set(waiting: readonly Waiting[], wallNow: number): readonly Waiting[] {
    this.#waiting = waiting
    this.#resting = false
    const starving = waiting.filter((each) => this.isStarving(each, wallNow))
    const fresh = starving.filter((each) => !this.#reported.has(keyOf(each)))
    this.#reported.clear()
    for (const each of starving) this.#reported.add(keyOf(each))
    return fresh
  }

  /** It has been seen to that they are asked for again. */
  rest(): void {
    this.#resting = true
  }

  all(): readonly Waiting[] {
    return this.#waiting
  }

  isStarving({ begin }: Waiting, wallNow: number): boolean {
    return wallNow - begin.since >= this.#starvingMs
  }

  /** In how many milliseconds somebody gets a token, or begins to starve. */
  wakesIn(now: { readonly wall: number; readonly monotonic: number }): number {
    let inMs = Number.POSITIVE_INFINITY
    if (this.#resting) return inMs
    for (const each of this.#waiting) {
      if (each.retryAt !== undefined) inMs = Math.min(inMs, each.retryAt - now.monotonic)
      if (!this.#reported.has(keyOf(each))) inMs = Math.min(inMs, each.begin.since + this.#starvingMs - now.wall)
    }
    return Math.max(0, inMs)
  }
}

const keyOf = ({ workflow, begin }: Waiting): string => taskId(workflow, begin)
