/**
 * A machine over all lives of its one program: a disk that keeps what was synced, a clock, a process that dies and is started again. What
 * the program is, it is told.
 */
import { ENGINE_SCHEMAS, type Engine, type Reader } from '@holdfast/shared/engine'
import type { Clock, Random, Store } from '@holdfast/shared/ports'
import { type Death, type FaultyStore, openFaultyStore, SimClock, SimProcess, type StoreFaults } from '@holdfast/shared/testing'
import type { AccordFrame } from './frame.ts'

export interface Booted {
  readonly number: number
  readonly process: SimProcess
  readonly clock: Clock
  readonly store: Store
  readonly random: Random
}

export interface Program {
  readonly engine: Engine
  readonly reader: Reader
}

const AGAIN_MS = 1_000

export class Machine<Running extends Program> {
  readonly name: string
  readonly clock: SimClock
  readonly #frame: AccordFrame
  readonly #boot: (booted: Booted) => Promise<Running | undefined>
  #disk: FaultyStore
  #ticking: Clock | undefined
  #process: SimProcess | undefined
  #running: Running | undefined
  #lives = 0

  constructor(
    frame: AccordFrame,
    name: string,
    { skew, faults }: { readonly skew: { readonly driftPpm: number; readonly offsetMs: number }; readonly faults: StoreFaults },
    boot: (booted: Booted) => Promise<Running | undefined>,
  ) {
    this.name = name
    this.#frame = frame
    this.#boot = boot
    this.clock = new SimClock(frame.kernel, skew)
    const clock: Clock = { now: () => this.#now.now(), after: (delayMs, callback) => this.#now.after(delayMs, callback) }
    const random = frame.prng.stream(`disk ${name}`)
    this.#disk = openFaultyStore({ schemas: ENGINE_SCHEMAS, generation: `${name}-1`, clock, random, faults })
  }

  get #now(): Clock {
    if (this.#ticking === undefined) throw new TypeError(`${this.name} has not been started`)
    return this.#ticking
  }

  get process(): SimProcess | undefined {
    return this.#process
  }

  /** What runs and can act at this moment. */
  get awake(): Running | undefined {
    return this.#process?.alive === true && !this.#process.frozen ? this.#running : undefined
  }

  start(): void {
    if (this.#process?.alive) return
    this.#lives += 1
    const process = new SimProcess(this.#frame.kernel, this.name, this.#lives)
    this.#process = process
    const clock = this.clock.of(process)
    this.#ticking = clock
    const random = this.#frame.prng.stream(`${this.name} ${this.#lives}`)
    this.#open({ number: this.#lives, process, clock, store: this.#disk, random }).catch((error: unknown) => this.#frame.kernel.fail(error))
  }

  async #open(booted: Booted): Promise<void> {
    const running = await this.#boot(booted)
    if (running !== undefined) {
      this.#running = running
      return
    }
    this.crash('crash')
    this.#frame.kernel.at(AGAIN_MS, `a supervisor starts ${this.name}`, () => this.start())
  }

  crash(death: Death): void {
    if (!this.#process?.alive) return
    this.#process.kill(death)
    this.#running = undefined
    this.#disk = this.#disk.crash().reopen()
  }
}
