/** What the engine puts in by itself is put in again, after a pause, until it is taken or refused for good (A2, E8). */
import type { Clock } from '../ports/clock.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import type { Answer, Input } from './inputs.ts'

/** Before what could not be committed is tried again. */
export const RETRY_MS = 1_000

export class Insistence {
  readonly #clock: Clock
  readonly #submit: (input: Input) => Promise<Result<Answer, Refusal>>
  readonly #pauses = new Set<() => void>()
  #closed = false

  constructor(clock: Clock, submit: (input: Input) => Promise<Result<Answer, Refusal>>) {
    this.#clock = clock
    this.#submit = submit
  }

  get isClosed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#pauses) cancel()
  }

  /** @param make asked at each try: what is put in is how things stand by then */
  async on(make: () => Input): Promise<Result<Answer, Refusal>> {
    for (;;) {
      const answered = await this.#submit(make())
      if (answered.ok || answered.error.next !== 'retry-later' || this.#closed) return answered
      await new Promise<void>((resolve) => this.later(resolve))
    }
  }

  later(again: () => void): void {
    const cancel = this.#clock.after(RETRY_MS, () => {
      this.#pauses.delete(cancel)
      again()
    })
    this.#pauses.add(cancel)
  }
}
