/**
 * Makes turns of inputs, until each of them is answered (E3).
 *
 *   all together ──committed──▶ released, answered
 *        │ ▲──another process was faster──▶ forgotten, taken again on what it left
 *        ╰──failed──▶ forgotten; each alone, so that a poisoned one fails alone; what can only be tried later is answered so
 */
import { type Batch, StoreFailure } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { EngineConfig } from './config.ts'
import type { Core } from './core.ts'
import { CURSORS } from './cursors.ts'
import type { Following } from './following.ts'
import type { Answered, Outlet } from './outlet.ts'
import type { Recovery } from './recovery.ts'
import type { Register } from './register.ts'
import { CONCURRENT, storeRefusal } from './store-refusal.ts'
import type { Summary } from './summary.ts'
import { Turn } from './turn.ts'
import type { Waiting } from './turn-queue.ts'

export interface AttemptsParts {
  readonly core: Core
  readonly config: Pick<EngineConfig, 'store' | 'clock'>
  readonly outlet: Outlet
  readonly register: Register
  readonly recovery: Recovery
  /** On a store that others write to as well. */
  readonly following: Following | undefined
  /** Its commit is durable. */
  readonly release: (turn: Turn) => void
  /** Its commit may stand in the feed or not; whoever reads that must look. */
  readonly unknown: (turn: Turn, found: readonly Summary[]) => void
}

/** More than processes that share a store ever need: each time, one of them has got on. */
const MAX_OVERTAKEN = 20

export class Attempts {
  readonly #parts: AttemptsParts

  constructor(parts: AttemptsParts) {
    this.#parts = parts
  }

  async take(inputs: readonly Waiting[]): Promise<void> {
    let failure = await this.#attempt(inputs)
    for (let times = 1; failure?.code === CONCURRENT && times < MAX_OVERTAKEN; times += 1) failure = await this.#attempt(inputs)
    if (failure === undefined) return
    const hopeless = inputs.length === 1 || failure.next === 'retry-later'
    if (hopeless) for (const { answer } of inputs) answer(err(failure))
    else for (const input of inputs) await this.take([input])
  }

  async #attempt(inputs: readonly Waiting[]): Promise<Refusal | undefined> {
    const { core, config, outlet, recovery, following, release, unknown } = this.#parts
    const turn = new Turn(core, config.clock.now())
    const made = await this.#make(turn, inputs)
    if (!made.ok) {
      const found = await recovery.forget(turn)
      await following?.recall(turn.cursors.keys()).catch(() => {})
      if (made.error.code === 'store-unknown-outcome') unknown(turn, found)
      return made.error
    }
    // It is durable: what goes wrong from here on is a fault of the program and must not look like a turn that failed.
    await outlet.committed(turn)
    release(turn)
    for (const each of made.value) outlet.answer(each, turn.consistency)
    return undefined
  }

  /** Takes the inputs and commits what they lead to. */
  async #make(turn: Turn, inputs: readonly Waiting[]): Promise<Result<readonly Answered[], Refusal>> {
    try {
      await this.#parts.register.settle()
      await this.#parts.following?.follow()
      const answers = await this.#take(turn, inputs)
      turn.assign()
      const batch = turn.batch()
      const failure = batch.ok ? await this.#commit(batch.value, turn) : batch.error
      return failure === undefined ? ok(answers) : err(failure)
    } catch (thrown) {
      if (thrown instanceof StoreFailure) return err(storeRefusal(thrown.reason))
      return err(refusal('ask-person', 'internal-error', thrown instanceof Error ? thrown.message : String(thrown)))
    }
  }

  async #take(turn: Turn, inputs: readonly Waiting[]): Promise<readonly Answered[]> {
    const unreadable = await this.#parts.core.units.loadFor(inputs.map(({ input }) => input))
    return inputs.map(({ input, answer }) => {
      const refused = unreadable.get(input)
      return { input, answer, result: refused === undefined ? turn.take(input) : err(refused) }
    })
  }

  async #commit(batch: Batch, turn: Turn): Promise<Refusal | undefined> {
    const { appends, puts, removals, erase = [] } = batch
    if (appends.length + puts.length + removals.length + erase.length === 0) return undefined
    const { config, following } = this.#parts
    const committed = await config.store.commit(following === undefined ? batch : { ...batch, believed: this.#beliefsOf(turn) })
    if (committed.ok) following?.committed(committed.value.group)
    return committed.ok ? undefined : storeRefusal(committed.error)
  }

  /** Rows that are written from what memory holds, and not from a document whose version is compared. */
  #beliefsOf({ cursors, books }: Turn): NonNullable<Batch['believed']> {
    const { core, register } = this.#parts
    const held = [...cursors.keys()].map((key) => ({ collection: CURSORS, key, value: plainCursor(core.cursorOf(key)) }))
    return [...held, ...register.beliefsOf(books)]
  }
}

const plainCursor = (cursor: ReturnType<Core['cursorOf']>) =>
  cursor === undefined ? undefined : { generation: cursor.generation, sequence: cursor.sequence }
