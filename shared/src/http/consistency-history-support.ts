/**
 * Histories of what concurrent clients were answered at a gateway and at its hub, while the line between them is cut, silent, and whole at
 * random; one clock, one seed. A workflow is looked at as a register: a checkpoint writes its name, whoever reads sees how many there are and
 * the last one's name.
 */
import type { Demand } from '../consistency/index.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { CallHandler } from '../engine/call-desk.ts'
import type { Answer } from '../engine/inputs.ts'
import { CLOUD, GATE, LinkedPair } from '../engine/linked-test-support.ts'
import { ENGINE_SCHEMAS } from '../engine/open.ts'
import { PROBE, RECOGNISE, Reader } from '../engine/reader.ts'
import { answerProbe, answerRecognise } from '../engine/reader-calls.ts'
import { createOf, HOME, type TestNode } from '../engine/test-support.ts'
import type { Unit } from '../engine/unit.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import type { Prng } from '../testing/prng.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { decideAt } from './deciding.ts'

export const WORKFLOW = workflowIdOf(HOME, 'k')

export interface Shown {
  readonly version: number
  readonly value: string
}

export class Shore {
  readonly node: TestNode
  readonly reader: Reader
  readonly decide: (name: string) => Promise<Result<Answer, Refusal>>

  constructor(node: TestNode, reader: Reader, behind: () => boolean) {
    this.node = node
    this.reader = reader
    const desk = { engine: node.engine, clock: node.clock, freshness: () => ({ behind: behind() }) }
    this.decide = (name) => decideAt(desk, { ...WILL, command: { type: 'checkpoint', name } }, undefined)
  }

  async shown(): Promise<Shown> {
    const unit = await this.node.engine.read(WORKFLOW)
    const names = unit.ok && unit.value !== undefined ? namesIn(unit.value) : []
    return { version: names.length, value: names.at(-1) ?? '' }
  }

  /** What is read at this level, or nothing where that was refused. `unchecked`: as a node would that forgot to look at the end. */
  async read(demand: Demand, policy: 'strong' | undefined, unchecked = false): Promise<Shown | undefined> {
    const begun = await this.reader.begin(HOME, demand, policy && { level: policy })
    if (!begun.ok) return undefined
    const shown = await this.shown()
    return unchecked || (await this.reader.end(HOME, demand)) === undefined ? shown : undefined
  }
}

const WILL = { kind: 'will', workflow: WORKFLOW, home: HOME, by: 'ann', reason: 'test' } as const

const namesIn = (unit: Unit): readonly string[] =>
  [...unit.entries()].flatMap(({ event }) => (event.type === 'checkpointed' ? [event.name] : []))

export class Weather {
  readonly pair: LinkedPair
  readonly gate: Shore
  readonly cloud: Shore
  /** When each checkpoint was committed at the authority. */
  readonly commits: number[] = []
  #isOver = false

  private constructor(pair: LinkedPair) {
    this.pair = pair
    const { clock, gate, cloud, hub, uplink } = pair
    const isAway = (): boolean => hub.condition(GATE).state !== 'live'
    this.gate = new Shore(gate, new Reader({ engine: gate.engine, store: gate.store, clock, caller: uplink, isHub: false }), () => false)
    this.cloud = new Shore(cloud, new Reader({ engine: cloud.engine, store: cloud.store, clock, caller: hub, isHub: true }), isAway)
    gate.engine.onCommitted(({ news }) => {
      for (const { entries } of news) for (const { event } of entries) if (event.type === 'checkpointed') this.commits.push(this.now)
    })
  }

  static async open(definition: CompiledDefinition): Promise<Weather> {
    const storeOf = (generation: string) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation })
    const gateHandlers = new Map<string, CallHandler>()
    const hubHandlers = new Map<string, CallHandler>([[RECOGNISE, answerRecognise(() => ({ holder: GATE, epoch: 1, vacant: false }))]])
    const stores = { gateStore: storeOf(GATE), cloudStore: storeOf(CLOUD) }
    // A silence is noticed soon, so that a history holds many of them.
    const timing = { pingMs: 200, silenceMs: 800, minRetryMs: 50, maxRetryMs: 400 }
    const pair = await LinkedPair.open({ definitions: [definition], ...stores, gateHandlers, hubHandlers, timing })
    const { gate, clock } = pair
    gateHandlers.set(PROBE, answerProbe({ engine: gate.engine, store: gate.store, clock }))
    await pair.connect()
    void gate.engine.submit({ ...WILL, command: createOf(definition) })
    await clock.advance(1_000)
    return new Weather(pair)
  }

  get now(): number {
    return this.pair.clock.now().monotonic
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.pair.clock.after(ms, resolve))
  }

  /** Clients act one thing after another until the weather is over. */
  client(random: Prng, act: () => Promise<void>): void {
    const live = async (): Promise<void> => {
      while (!this.#isOver) {
        await this.pause(random.between(1, 400))
        if (!this.#isOver) await act()
      }
    }
    void live()
  }

  /** Rough weather, then fair; at its end every copy has everything. */
  async pass(random: Prng, phases: number, modes: readonly ('open' | 'cut' | 'silent')[]): Promise<void> {
    for (let phase = 0; phase < phases; phase += 1) {
      this.pair.line.set(random.pick(modes))
      await this.pair.clock.advance(random.between(50, 1_500))
    }
    this.#isOver = true
    this.pair.line.set('open')
    await this.pair.clock.advance(30_000)
  }

  /** The number of each write in the order in which they took effect, as the hub's log has it. */
  async versions(): Promise<ReadonlyMap<string, number>> {
    const unit = await this.cloud.node.engine.read(WORKFLOW)
    const names = unit.ok && unit.value !== undefined ? namesIn(unit.value) : []
    return new Map(names.map((name, index) => [name, index + 1]))
  }
}
