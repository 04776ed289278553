/**
 * A planned handover, at the gateway that gives its home away:
 *
 *   heir fit? (the hub says) ─▶ decide nothing more ─▶ agents sent away, calls end ─▶ `handed-over` written, last of all ─▶ let go
 *                                       ╰── what fails before it is written is taken back
 *
 * The hub grants the next epoch to the heir when `handed-over` has reached it. What agents finish meanwhile they tell the heir: their
 * journals keep it. A call that does not end in time is the heir's to look after, as after a crash.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Json } from '../../values/json.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { LinkCaller } from '../call-desk.ts'
import type { Engine } from '../engine.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import { CHECK_HEIR } from './lease-rows.ts'

export interface HandingOverParts {
  readonly engine: Engine
  readonly clock: Clock
  readonly keeper: LeaseKeeper
  readonly home: string
  readonly caller: LinkCaller
  /** Agents are told to look for another gateway. */
  readonly sendAgentsAway: () => void
}

const HEIR_TIMEOUT_MS = 5_000
/** How long calls to functions may take to end by themselves. */
const PATIENCE_MS = 5_000
const LOOK_MS = 50

export class HandingOver {
  readonly #parts: HandingOverParts
  #underWay = false

  constructor(parts: HandingOverParts) {
    this.#parts = parts
  }

  /** @returns the epoch that has ended */
  async run(to: string, by: string): Promise<Result<number, Refusal>> {
    if (this.#underWay) return err(refusal('retry-later', 'handing-over', 'It is being handed over already.'))
    this.#underWay = true
    const done = await this.#run(to, by)
    this.#underWay = false
    return done
  }

  async #run(to: string, by: string): Promise<Result<number, Refusal>> {
    const { keeper, home, caller, sendAgentsAway } = this.#parts
    const { holding: holds, epoch } = keeper.holder
    if (!holds) return err(refusal('give-up', 'not-the-authority', `This node does not hold ${home}.`))
    const fit = await caller.call(home, CHECK_HEIR, { to } as Json, HEIR_TIMEOUT_MS)
    if (!fit.ok) return fit
    keeper.leave()
    sendAgentsAway()
    await this.#quiet()
    const written = await keeper.giveUp(epoch, () => this.#write(to, by, epoch))
    return written.ok ? ok(epoch) : written
  }

  #write(to: string, by: string, epoch: number): Promise<Result<unknown, Refusal>> {
    const { engine, home } = this.#parts
    return engine.submit({ kind: 'hand-over', home, to, by, epoch })
  }

  async #quiet(): Promise<void> {
    const { engine, clock } = this.#parts
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
      const { inputs, calls } = engine.load
      if (inputs === 0 && calls === 0) return
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve))
    }
  }
}
