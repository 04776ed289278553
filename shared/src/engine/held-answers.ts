/**
 * Answers to decisions under strong consistency: given when the hub durably holds what they rest on.
 *
 *   committed here ──▶ held ──acknowledged, under the lease that it was decided under──▶ the answer
 *                        ├─ the hub refused it ──▶ `unknown`: whoever is the authority now judges it
 *                        ╰─ too long ───────────▶ `unknown`: to be asked again under the same key
 *
 *   V6  What is not known is never answered as done: neither when the hub is silent nor when it refuses.
 *
 *   V7  What reached the hub after the lease had run out may have come after another's epoch began, and have had no effect: it is answered only
 *       once the hub has confirmed the lease.
 *
 * A refusal by the workflow's rules is held as well: it tells of a state that the hub may never get.
 */
import type { Clock } from '../ports/clock.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Answer } from './inputs.ts'

export interface HeldAnswer {
  readonly home: string
  readonly document: string
  /** Under which it was decided. */
  readonly epoch: number
  /** In the home's feed: what the answer rests on ends there. */
  readonly place: number
  readonly result: Result<Answer, Refusal>
  readonly answer: (result: Result<Answer, Refusal>) => void
}

export const ANSWER_WITHIN_MS = 5_000

const UNKNOWN = refusal('retry-later', 'unavailable', 'It rests on what the hub has not acknowledged so far.')

export class HeldAnswers {
  readonly #clock: Clock
  readonly #held = new Map<HeldAnswer, () => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  hold(held: HeldAnswer): void {
    const cancel = this.#clock.after(ANSWER_WITHIN_MS, () => this.#end(held, unknown(held.result)))
    this.#held.set(held, cancel)
  }

  /** @param valid the epoch under which this node may decide for the home at this moment */
  acknowledged(home: string, upTo: number, valid: number | undefined): void {
    for (const held of [...this.#held.keys()])
      if (held.home === home && held.place <= upTo && held.epoch === valid) this.#end(held, held.result)
  }

  /** The hub did not take what this document was changed by. */
  refused(home: string, document: string): void {
    for (const held of [...this.#held.keys()]) if (held.home === home && held.document === document) this.#end(held, unknown(held.result))
  }

  close(): void {
    for (const held of [...this.#held.keys()]) this.#end(held, unknown(held.result))
  }

  get count(): number {
    return this.#held.size
  }

  #end(held: HeldAnswer, result: Result<Answer, Refusal>): void {
    const cancel = this.#held.get(held)
    if (cancel === undefined) return
    this.#held.delete(held)
    cancel()
    held.answer(result)
  }
}

const unknown = (result: Result<Answer, Refusal>): Result<Answer, Refusal> =>
  result.ok ? ok({ ...result.value, outcome: 'unknown' }) : err(UNKNOWN)
