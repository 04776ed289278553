/**
 * An agent's hands for one life: work takes a drawn time, may fail, may go silent until it is told to stop, and may finish all the
 * same after it was told. What was begun and done is recorded in the ledger under the task's id.
 */
import type { Offer, Outcome } from '@holdfast/shared/agent-protocol'
import type { Prng, SimProcess } from '@holdfast/shared/testing'
import type { Frame } from './frame.ts'

const STOP_MS = 300
const FINISHES_ANYWAY = 0.3
const LONG = 0.3
const LATE = 0.03
const LATE_MS = 20_000

export class Hands {
  readonly #frame: Frame
  readonly #process: SimProcess
  readonly #draws: Prng
  readonly #done: (task: string, outcome: Outcome) => void
  readonly #busy = new Map<string, () => void>()

  constructor(frame: Frame, process: SimProcess, done: (task: string, outcome: Outcome) => void) {
    this.#frame = frame
    this.#process = process
    this.#draws = frame.prng.stream(`hands ${process.name} ${process.life}`)
    this.#done = done
  }

  begin(offer: Offer): void {
    const { task } = offer
    this.#frame.ledger.effect(task, this.#process.name).begun += 1
    const { failure, silence, workMs } = this.#frame.setup.particulars
    const isCalm = this.#frame.isCalm()
    const isSilent = this.#draws.chance(isCalm ? 0 : silence)
    const isLate = this.#draws.chance(isCalm ? 0 : LATE)
    const fails = this.#draws.chance(isCalm ? 0 : failure)
    const isLong = this.#draws.chance(LONG)
    const usual = isLong ? this.#draws.between(workMs, 5 * workMs) : this.#draws.heavyTail(20, 5 * workMs)
    const lasts = usual + (isLate ? LATE_MS : 0)
    this.#busy.set(task, () => undefined)
    if (!isSilent) this.#endAfter(lasts, task, fails ? failed('jammed', true) : succeeded(task))
  }

  abort(task: string): void {
    const giveUp = this.#busy.get(task)
    const anyway = this.#draws.chance(FINISHES_ANYWAY)
    if (giveUp === undefined) return
    giveUp()
    this.#endAfter(STOP_MS, task, anyway ? succeeded(task) : failed('aborted', false))
  }

  #endAfter(delayMs: number, task: string, outcome: Outcome): void {
    const cancel = this.#process.after(delayMs, `works on ${task.slice(-6)}`, () => {
      this.#busy.delete(task)
      this.#done(task, outcome)
    })
    this.#busy.set(task, cancel)
  }
}

const succeeded = (task: string): Outcome => ({
  ok: true,
  output: { effect: task, passed: true, ...(isBulky(task) ? { scan: SCAN } : {}) },
})

/** More than a log holds. Of some workflows' tasks; no draw, so that nothing else depends on it. */
const SCAN = 's'.repeat(17_000)
const isBulky = (task: string): boolean => /^w_[0-9a-f]{31}0/.test(task)

const failed = (code: string, retryable: boolean): Outcome => ({ ok: false, error: { code, message: 'drawn', retryable } })
