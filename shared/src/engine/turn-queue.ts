/**
 * What waits for the next turn, and the rule that there is one turn at a time.
 *
 *   idle ──put──▶ scheduled ──(all that waits by then, together)──▶ turning ──▶ idle, or scheduled again
 *
 * A turn begins in an event of its own, so that everything which arrives while a commit is under way shares the next one. What may happen
 * only while there is no turn takes its place (`alone`).
 */
import type { Clock } from '../ports/clock.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import { STOPPING } from './answers.ts'
import type { Answer, Input } from './inputs.ts'

export interface Waiting {
  readonly input: Input
  readonly answer: (result: Result<Answer, Refusal>) => void
}

/** So that one turn neither blocks the process for long nor becomes more than the link can carry. */
const MAX_INPUTS = 2_000

export class TurnQueue {
  readonly #clock: Clock
  readonly #turn: (inputs: readonly Waiting[]) => Promise<void>
  readonly #waiting: Waiting[] = []
  readonly #onIdle: (() => void)[] = []
  #scheduled = false
  #turning = false
  #closed = false

  constructor(clock: Clock, turn: (inputs: readonly Waiting[]) => Promise<void>) {
    this.#clock = clock
    this.#turn = turn
  }

  /** Inputs that wait for the next turn. */
  get depth(): number {
    return this.#waiting.length
  }

  put(input: Input): Promise<Result<Answer, Refusal>> {
    if (this.#closed) return Promise.resolve(err(STOPPING))
    return new Promise((answer) => {
      this.#waiting.push({ input, answer })
      this.#schedule()
    })
  }

  /** Keeps turns, and others of its kind, waiting until it is done. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#turning) await this.#idle()
    this.#turning = true
    try {
      return await work()
    } finally {
      this.#end()
    }
  }

  /** In the midst of a turn memory holds what is not durable yet, and nobody may read that (U2). */
  async between<T>(load: () => Promise<T>): Promise<T> {
    for (;;) {
      while (this.#turning) await this.#idle()
      const loaded = await load()
      if (!this.#turning) return loaded
    }
  }

  /** Answers what waits with `stopping`; resolves when the turn under way has ended. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { answer } of this.#waiting.splice(0)) answer(err(STOPPING))
    while (this.#turning) await this.#idle()
  }

  #idle(): Promise<void> {
    return new Promise((resolve) => this.#onIdle.push(resolve))
  }

  #schedule(): void {
    if (this.#scheduled || this.#turning || this.#closed) return
    this.#scheduled = true
    this.#clock.after(0, () => {
      this.#scheduled = false
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    // What came first goes on; at its end this is scheduled again.
    if (this.#turning) return
    this.#turning = true
    try {
      await this.#turn(this.#waiting.splice(0, MAX_INPUTS))
    } finally {
      this.#end()
    }
  }

  #end(): void {
    this.#turning = false
    for (const resolve of this.#onIdle.splice(0)) resolve()
    if (this.#waiting.length > 0) this.#schedule()
  }
}
