/**
 * A node with an engine, over all its lives: a disk and a clock that stay, a process that dies and is started again.
 *
 *   down ──start──▶ opening ──▶ open ──crash──▶ down
 *                      └──── the store refuses the beginning: a supervisor starts it again after a pause
 */
import { type Engine, type EngineConfig, openEngine } from '@holdfast/shared/engine'
import type { Clock, Store } from '@holdfast/shared/ports'
import type { StoreFaults } from '@holdfast/shared/testing'
import { type Death, type SimClock, SimProcess } from '@holdfast/shared/testing'
import { DEFINITIONS } from './definitions.ts'
import { Disk } from './disk.ts'
import type { Frame } from './frame.ts'

export interface Life {
  readonly number: number
  readonly process: SimProcess
  readonly clock: Clock
  readonly store: Store
  readonly engine: Engine
}

type Identity = Pick<
  EngineConfig,
  'node' | 'nodeNumber' | 'authority' | 'functions' | 'executors' | 'limits' | 'rightsOf' | 'hasHub' | 'hooks' | 'retention'
>

const SUPERVISOR_MS = 1_000

export class EngineHost {
  readonly name: string
  readonly machine: SimClock
  readonly disk: Disk
  /** Called with the durable image after each crash, before the next start. */
  onCrash: (() => Promise<void>) | undefined
  /** Called with each life when its engine has opened, before anything else is. */
  onLife: ((life: Life) => void) | undefined
  readonly #frame: Frame
  readonly #identity: Identity
  readonly #onOpen: (life: Life) => void
  #process: SimProcess | undefined
  #life: Life | undefined
  #lives = 0

  constructor(frame: Frame, identity: Identity, machine: SimClock, faults: StoreFaults, onOpen: (life: Life) => void) {
    this.name = identity.node
    this.machine = machine
    this.#frame = frame
    this.#identity = identity
    this.#onOpen = onOpen
    this.disk = new Disk(frame, this.name, faults)
  }

  /** The life that is open now. */
  get life(): Life | undefined {
    return this.#life
  }

  get process(): SimProcess | undefined {
    return this.#process
  }

  start(): void {
    if (this.#process?.alive) return
    this.#lives += 1
    const process = new SimProcess(this.#frame.kernel, this.name, this.#lives)
    this.#process = process
    this.#open(process, this.#lives).catch((error: unknown) => this.#frame.kernel.fail(error))
  }

  async #open(process: SimProcess, number: number): Promise<void> {
    const { plant, prng, setup, kernel } = this.#frame
    const ticking = this.machine.of(process)
    const clock = plant.clock?.(ticking) ?? ticking
    const disk = this.disk.open(ticking)
    const store = plant.store?.(disk, this.name) ?? disk
    const random = prng.stream(`engine ${this.name} ${number}`)
    const { heartbeatMs } = setup.particulars
    const parts = { clock, store, random, heartbeatMs, definitions: DEFINITIONS, rules: plant.rules ?? {} }
    const opened = await openEngine({ ...this.#identity, ...parts })
    if (!opened.ok) {
      this.crash('crash')
      kernel.at(SUPERVISOR_MS, `supervisor starts ${this.name}`, () => this.start())
      return
    }
    const { engine, problems } = opened.value
    if (problems.length > 0) throw new Error(`${this.name} can not take up: ${problems.join('; ')}`)
    this.#life = { number, process, clock, store, engine }
    kernel.note(this.name, `open, life ${number}`)
    this.onLife?.(this.#life)
    this.#onOpen(this.#life)
  }

  crash(death: Death): void {
    if (!this.#process?.alive) return
    if (this.#life === undefined) this.#frame.kernel.history.reached('crash during recovery')
    this.#process.kill(death)
    this.#life = undefined
    this.disk.crash()
    this.onCrash?.().catch((error: unknown) => this.#frame.kernel.fail(error))
  }
}
