/**
 * What the tests of this room share: a clock that moves when it is told to, a store that can be held or made to fail, agents that say
 * what they are told to say, and an engine among them. The store itself is handed in.
 */

import type { AgentReport, DownMessage } from '../agent-protocol/index.ts'
import { fixedAuthority } from '../consistency/fixed.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { parseDefinition } from '../definition/parse.ts'
import type { Rights } from '../document/rights.ts'
import type { Clock } from '../ports/clock.ts'
import type { Performer } from '../ports/performer.ts'
import type { Batch, Store, StoreError } from '../ports/store.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Instant } from '../values/instant.ts'
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { EngineConfig } from './config.ts'
import type { Engine } from './engine.ts'
import type { Answer, Input } from './inputs.ts'
import { openEngine } from './open.ts'

export const HOME = 'harbour'

/** More than any chain of promises between two timers is long. */
const MICROTASKS = 60

export const flush = async (): Promise<void> => {
  for (let count = 0; count < MICROTASKS; count += 1) await Promise.resolve()
}

export class ManualClock implements Clock {
  #wall = 1_000_000
  #monotonic = 0
  #timers: { readonly at: number; readonly callback: () => void }[] = []

  now(): Instant {
    return { wall: this.#wall, monotonic: this.#monotonic }
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + delayMs, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  jump(byMs: number): void {
    this.#wall += byMs
  }

  /** Time passes and nothing rings. */
  pass(ms: number): void {
    this.#moveTo(this.#monotonic + ms)
  }

  /** Lets time pass; whatever becomes due on the way happens at its moment, with all that follows from it. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    await flush()
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#moveTo(Math.max(next.at, this.#monotonic))
      this.#timers = this.#timers.filter((other) => other !== next)
      next.callback()
      await flush()
    }
    this.#moveTo(end)
  }

  #nextUntil(end: number): { readonly at: number; readonly callback: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic
    this.#monotonic = monotonic
  }
}

/** A store whose commits can be looked at, held back, or made to fail. */
export class ControlledStore implements Store {
  readonly batches: Batch[] = []
  readonly #inner: Store
  #failures: { readonly error: StoreError; readonly takesEffect: boolean }[] = []
  #held: (() => void)[] | undefined

  constructor(inner: Store) {
    this.#inner = inner
  }

  get generation(): string {
    return this.#inner.generation
  }

  /** @param takesEffect with `unknown-outcome`: what nobody was told */
  failNext(error: StoreError, takesEffect = false): void {
    this.#failures.push({ error, takesEffect })
  }

  hold(): void {
    this.#held = []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const go of held) go()
  }

  async commit(batch: Batch): ReturnType<Store['commit']> {
    const failure = this.#failures.shift()
    if (failure !== undefined) {
      if (failure.takesEffect) await this.#inner.commit(batch)
      return err(failure.error)
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#held === undefined) resolve()
    else this.#held.push(resolve)
    await promise
    this.batches.push(batch)
    return this.#inner.commit(batch)
  }

  document: Store['document'] = (id) => this.#inner.document(id)
  get: Store['get'] = (collection, key) => this.#inner.get(collection, key)
  list: Store['list'] = (collection, query) => this.#inner.list(collection, query)
  feed: Store['feed'] = (home, after, limit) => this.#inner.feed(home, after, limit)
  feedEnd: Store['feedEnd'] = (home) => this.#inner.feedEnd(home)
  close: Store['close'] = () => this.#inner.close()
}

export const define = (authored: { readonly [key: string]: unknown }): CompiledDefinition => {
  const compiled = parseDefinition(JSON.stringify({ name: 'test', ...authored }), { format: 'json' })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error))
  return compiled.value
}

export const TASK = { type: 'task', capability: 'move', retry: 'none', leaseMs: 5_000, timeoutMs: 60_000 } as const

export const ALL_RIGHTS: Rights = { nodes: 'any', authority: true, mayPropose: true, mayWriteText: true, maxBytes: 1 << 20 }

type Parts = Partial<Omit<EngineConfig, 'store'>> & { readonly store: ControlledStore }

export class TestNode {
  readonly engine: Engine
  readonly clock: ManualClock
  readonly store: ControlledStore
  readonly problems: readonly string[]
  readonly #parts: Parts

  private constructor(parts: Parts, clock: ManualClock, engine: Engine, problems: readonly string[]) {
    this.#parts = parts
    this.clock = clock
    this.store = parts.store
    this.engine = engine
    this.problems = problems
  }

  static async open(parts: Parts, clock = new ManualClock()): Promise<TestNode> {
    let random = 1
    const opened = await openEngine({
      node: 'gateway',
      nodeNumber: 1,
      authority: fixedAuthority([HOME]),
      clock,
      // Another part of the client-id space for each life.
      random: { u32: () => (random++ + clock.now().wall) << 7 },
      definitions: [],
      functions: new Map<string, Performer>(),
      heartbeatMs: 1_000,
      rightsOf: () => ALL_RIGHTS,
      ...parts,
    })
    if (!opened.ok) throw new Error(opened.error.message)
    const node = new TestNode(parts, clock, opened.value.engine, opened.value.problems)
    await clock.advance(0)
    return node
  }

  /** The process dies where it stands, and another life begins on the same store. */
  async restart(changes: Partial<Parts> = {}): Promise<TestNode> {
    await this.engine.close()
    await this.clock.advance(1)
    return TestNode.open({ ...this.#parts, ...changes }, this.clock)
  }

  async submit(input: Input): Promise<Result<Answer, Refusal>> {
    const answered = this.engine.submit(input)
    await this.clock.advance(0)
    return answered
  }

  will(workflow: string, command: Decision | Fact, home = HOME): Promise<Result<Answer, Refusal>> {
    return this.submit(willOf(workflow, command, home))
  }

  async start(definition: CompiledDefinition, input: Json = {}, key = 'k', home = HOME): Promise<string> {
    const workflow = workflowIdOf(home, key)
    const started = await this.will(workflow, createOf(definition, input, key, home), home)
    if (!started.ok) throw new Error(started.error.message)
    return workflow
  }

  async state(workflow: string): Promise<WorkflowState> {
    const unit = await this.engine.read(workflow)
    if (!unit.ok || unit.value?.state === undefined) throw new Error(`no ${workflow}`)
    return unit.value.state
  }

  async agent(id: string, extra: Partial<Profile> = {}): Promise<TestAgent> {
    const agent = new TestAgent(this, { id, kind: 'robot', capabilities: ['move'], capacity: 1, holding: [], ...extra })
    agent.connect()
    await this.clock.advance(0)
    return agent
  }
}

export const createOf = (definition: CompiledDefinition, input: Json = {}, key = 'k', home = HOME): Decision => ({
  type: 'create',
  home,
  key,
  definition: definition.hash,
  title: key,
  priority: 'normal',
  input,
})

export const willOf = (workflow: string, command: Decision | Fact, home = HOME): Input => ({
  kind: 'will',
  workflow,
  home,
  command,
  by: 'ann',
  reason: command.type,
})

type Profile = Parameters<Engine['gate']['connected']>[0]

export class TestAgent {
  readonly got: DownMessage[] = []
  profile: Profile
  readonly #node: TestNode

  constructor(node: TestNode, profile: Profile) {
    this.#node = node
    this.profile = profile
  }

  connect(): void {
    this.#node.engine.gate.connected(this.profile, (message) => this.got.push(message))
  }

  async reconnect(holding: readonly string[]): Promise<void> {
    this.#node.engine.gate.disconnected(this.profile.id)
    this.profile = { ...this.profile, holding }
    this.connect()
    await this.#node.clock.advance(0)
  }

  async say(report: AgentReport): Promise<void> {
    this.#node.engine.gate.heard(this.profile.id, report)
    await this.#node.clock.advance(0)
  }

  accept(task: string): Promise<void> {
    return this.say({ type: 'accept', task })
  }

  succeed(task: string, output: Json = null): Promise<void> {
    return this.say({ type: 'result', task, outcome: { ok: true, output } })
  }

  beat(...tasks: readonly string[]): Promise<void> {
    return this.say({ type: 'heartbeat', beat: 1, tasks: tasks.map((task) => ({ task })) })
  }

  /** Tasks offered so far, in order. */
  get offers(): readonly string[] {
    return this.got.flatMap((message) => (message.type === 'offer' ? [message.task] : []))
  }

  /** Everything but welcomes and offers, in short. */
  get told(): readonly string[] {
    return this.got.flatMap((message) => ('task' in message && message.type !== 'offer' ? [`${message.type} ${message.task}`] : []))
  }
}
