/**
 * I20, the other half: nothing comes long after its time. What a workflow waits for by the clock has moved it within a slack of its
 * span, measured by the time its authority was awake, whatever was done to the wall clock meanwhile.
 */
import type { CompiledDefinition } from '@holdfast/shared/definition'
import { gatesOf } from '@holdfast/shared/engine'
import { assertInvariant } from '@holdfast/shared/testing'
import { decide, PLAIN_NODE, type WorkflowState, wanted } from '@holdfast/shared/workflow'
import type { Life } from '../world/engine-host.ts'
import type { Frame } from '../world/frame.ts'
import type { Setup } from '../world/setup.ts'

const LOOK_MS = 1_000

const PROMPT_MS = 2_000

/** A failed commit is tried again after a second, a few times in a row at worst; a commit waits for the one before it. */
const RETRIES_MS = 6_000
const COMMITS = 4

const slackOf = ({ maxSyncMs, fullDiskChance, syncFailureChance }: Setup['knobs']['values']): number =>
  PROMPT_MS + COMMITS * maxSyncMs + (fullDiskChance + syncFailureChance > 0 ? RETRIES_MS : 0)

/** While a wall clock that was set back is caught up with, the engine's own runs slower; clocks drift beside that. */
const SLOWNESS = 1.02

interface Due {
  readonly life: Life
  readonly definition: CompiledDefinition
  readonly state: WorkflowState
  readonly wakeAt: number
  /** When it has to have happened at the latest, by the life's time awake. */
  readonly latest: number
}

export class Wakes {
  readonly #frame: Frame
  readonly #due = new Map<string, Due>()
  readonly #awakeMs = new Map<Life, number>()
  /** At the last look; between two such looks it was never frozen for long. */
  readonly #wasAwake = new Set<Life>()
  readonly #slackMs: number

  constructor(frame: Frame) {
    this.#frame = frame
    this.#slackMs = slackOf(frame.setup.knobs.values)
    this.#lookAgain()
  }

  /**
   * What is durable of a workflow, as its authority sees it in this life.
   * @param wall the earliest that the authority's own clock may say now
   */
  note(life: Life, definition: CompiledDefinition, id: string, state: WorkflowState, wall: number): void {
    const { wakeAt } = wanted(definition, id, state, gatesOf(this.#frame.setup.particulars.limits))
    this.#due.delete(id)
    if (wakeAt === undefined) return
    const spanMs = Math.max(0, wakeAt - wall)
    this.#due.set(id, { life, definition, state, wakeAt, latest: (this.#awakeMs.get(life) ?? 0) + spanMs * SLOWNESS + this.#slackMs })
  }

  #lookAgain(): void {
    this.#frame.kernel.at(LOOK_MS, 'a look at what is due', () => {
      this.#look()
      this.#lookAgain()
    })
  }

  #look(): void {
    const lives = new Set([...this.#due.values()].map(({ life }) => life))
    for (const life of lives) {
      const { alive, frozen } = life.process
      const isAwake = alive && !frozen
      if (isAwake && this.#wasAwake.has(life)) this.#awakeMs.set(life, (this.#awakeMs.get(life) ?? 0) + LOOK_MS)
      if (isAwake) this.#wasAwake.add(life)
      else this.#wasAwake.delete(life)
    }
    for (const [id, due] of this.#due) {
      if (!due.life.process.alive) this.#due.delete(id)
      else if ((this.#awakeMs.get(due.life) ?? 0) > due.latest) this.#mustHaveNothingToDo(id, due)
    }
  }

  #mustHaveNothingToDo(id: string, { definition, state, wakeAt }: Due): void {
    this.#due.delete(id)
    const now = { wall: wakeAt, monotonic: 0 }
    const node = { ...PLAIN_NODE, gates: gatesOf(this.#frame.setup.particulars.limits) }
    const ticked = decide(definition, id, state, { type: 'tick' }, { now, by: 'clock', node })
    const isIdle = ticked.ok && ticked.value.entries.length === 0
    assertInvariant('I20 what is due comes in time', isIdle, () => ({ id, length: state.length, slackMs: this.#slackMs }))
  }
}
