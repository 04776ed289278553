/**
 * A definition rehearsed: the production engine in virtual time, agents that do what a test tells them, people who answer when asked.
 *
 *   cast      capability → what comes of it; a text is a failure code, `never` works on and on; what isn't cast succeeds with nothing
 *   played    what was carried out, in order: `collect-signals`, and what was undone
 */
import { fixedAuthority } from '@holdfast/shared/consistency'
import type { AgentKind, CompiledDefinition } from '@holdfast/shared/definition'
import { ENGINE_SCHEMAS, type Engine, openEngine, type Summary } from '@holdfast/shared/engine'
import { openMemoryStore } from '@holdfast/shared/store/memory'
import { Kernel, Prng, SimClock, SimProcess } from '@holdfast/shared/testing'
import { type Json, type JsonObject, type Result, workflowIdOf } from '@holdfast/shared/values'
import type { Decision, Fact, WorkflowState } from '@holdfast/shared/workflow'

export const HOME = 'harbour'
export const NEVER = Symbol('never')

/** Each time it is asked, the next of a list; the last one for ever. */
export type Part = JsonObject | string | typeof NEVER | ((input: Json) => JsonObject | string)
export type Cast = { readonly [capability: string]: Part | readonly Part[] }

const WORK_MS = 1_000
const YEAR_MS = 365 * 86_400_000
const KINDS: readonly AgentKind[] = ['robot', 'human', 'ai']

export class Rehearsal {
  readonly played: string[] = []
  readonly #kernel = new Kernel(new Prng('rehearsal'))
  readonly #cast: Cast
  readonly #asked = new Map<string, number>()
  readonly #atWork = new Map<string, () => void>()
  #engine: Engine | undefined

  private constructor(cast: Cast) {
    this.#cast = cast
  }

  static async open(definitions: readonly CompiledDefinition[], cast: Cast = {}): Promise<Rehearsal> {
    const rehearsal = new Rehearsal(cast)
    await rehearsal.#open(definitions)
    return rehearsal
  }

  get engine(): Engine {
    if (this.#engine === undefined) throw new Error('not open')
    return this.#engine
  }

  /** Milliseconds since the rehearsal began. */
  get now(): number {
    return this.#kernel.now
  }

  async start(name: string, input: Json, key = 'k'): Promise<string> {
    const known = this.engine.catalogue.byName(name)
    if (known === undefined) throw new Error(`no definition ${name}`)
    const workflow = workflowIdOf(HOME, key)
    const { hash, definition } = known
    await this.put(workflow, { type: 'create', home: HOME, key, definition: hash, title: definition.title, priority: 'normal', input })
    return workflow
  }

  /** What somebody wills or reports; refused, it throws. */
  async put(workflow: string, command: Decision | Fact, by = 'ann'): Promise<void> {
    const answered = await this.#settled(this.engine.submit({ kind: 'will', workflow, home: HOME, command, by, reason: command.type }))
    if (!answered.ok) throw new Error(`${command.type}: ${answered.error.code}, ${answered.error.message}`)
  }

  async approve(workflow: string, step: string, role: string, ...people: readonly string[]): Promise<void> {
    for (const person of people) await this.put(workflow, { type: 'approve', step, approved: true, comment: '', roles: [role] }, person)
  }

  async approveIfAsked(workflow: string, step: string, role: string, ...people: readonly string[]): Promise<void> {
    const asked = this.#stepOf(await this.#read(workflow), step)?.status === 'running'
    if (asked) await this.approve(workflow, step, role, ...people)
  }

  pass(ms: number): Promise<void> {
    return this.#kernel.run(this.#kernel.now + ms)
  }

  /** Until the step is in that state; throws when it does not come to it within a year. */
  until(workflow: string, step: string, status: string): Promise<WorkflowState> {
    return this.#when(workflow, `${step} is ${status}`, (state) => this.#stepOf(state, step)?.status === status)
  }

  async ended(workflow: string): Promise<{ readonly state: WorkflowState; readonly explain: string }> {
    const state = await this.#when(workflow, 'it has ended', ({ endedAt }) => endedAt !== undefined)
    return { state, explain: (await this.#settled(this.engine.summary(workflow)))?.explain ?? '' }
  }

  async open(): Promise<readonly Summary[]> {
    return (await this.summaries()).filter(({ open }) => open)
  }

  async summaries(): Promise<readonly Summary[]> {
    const all = async (): Promise<readonly Summary[]> => {
      const found: Summary[] = []
      for await (const summary of this.engine.summaries()) found.push(summary)
      return found
    }
    return this.#settled(all())
  }

  #stepOf(state: WorkflowState, id: string) {
    const ref = this.engine.catalogue.byHash(state.definition)?.numberOf.get(id)
    return ref === undefined ? undefined : state.steps[ref]
  }

  async #when(workflow: string, what: string, holds: (state: WorkflowState) => boolean): Promise<WorkflowState> {
    let state = await this.#read(workflow)
    const stop = this.engine.onCommitted(
      () => void this.engine.read(workflow).then((unit) => (state = (unit.ok && unit.value?.state) || state)),
    )
    await this.#kernel.runUntil(() => holds(state), this.#kernel.now + YEAR_MS)
    stop()
    if (!holds(state)) throw new Error(`${what} never came; it is ${state.status}; played: ${this.played.join(' ')}`)
    return state
  }

  async #read(workflow: string): Promise<WorkflowState> {
    const unit = await this.#settled(this.engine.read(workflow))
    if (!unit.ok || unit.value?.state === undefined) throw new Error(`there is no ${workflow}`)
    return unit.value.state
  }

  /** Virtual time moves as far as the answer needs. */
  async #settled<Value>(promise: Promise<Value>): Promise<Value> {
    let settled: Result<Value, unknown> | undefined
    promise.then(
      (value) => (settled = { ok: true, value }),
      (error: unknown) => (settled = { ok: false, error }),
    )
    await this.#kernel.runUntil(() => settled !== undefined, this.#kernel.now + YEAR_MS)
    return promise
  }

  async #open(definitions: readonly CompiledDefinition[]): Promise<void> {
    const opened = await this.#settled(
      openEngine({
        node: 'gateway',
        nodeNumber: 1,
        authority: fixedAuthority([HOME]),
        clock: new SimClock(this.#kernel).of(new SimProcess(this.#kernel, 'gateway')),
        store: openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'one' }),
        random: new Prng('identity'),
        definitions,
        functions: new Map(),
        heartbeatMs: 1_000,
        rightsOf: () => ({ nodes: 'any', authority: true, mayPropose: true, mayWriteText: true, maxBytes: 0 }),
      }),
    )
    if (!opened.ok) throw new Error(opened.error.message)
    this.#engine = opened.value.engine
    for (const kind of KINDS) this.#hire(kind, capabilitiesOf(definitions))
  }

  #hire(kind: AgentKind, capabilities: readonly string[]): void {
    const { gate } = this.engine
    gate.connected({ id: kind, kind, capabilities, capacity: 100, holding: [] }, (message) => {
      if (message.type === 'offer') {
        gate.heard(kind, { type: 'accept', task: message.task })
        this.#work(kind, message.task, message.capability, message.input, message.leaseMs)
      }
      if (message.type !== 'stop' && message.type !== 'forget') return
      this.#atWork.get(message.task)?.()
      if (message.type === 'stop') gate.heard(kind, { type: 'stopped', task: message.task })
    })
  }

  #work(agent: string, task: string, capability: string, input: Json, leaseMs: number): void {
    const part = this.#partOf(capability)
    const beat = (): void => {
      this.engine.gate.heard(agent, { type: 'heartbeat', beat: 1, tasks: [{ task }] })
      stopBeating = this.#kernel.at(leaseMs / 3, 'beats', beat)
    }
    let stopBeating = this.#kernel.at(leaseMs / 3, 'beats', beat)
    const end =
      part === NEVER ? () => {} : this.#kernel.at(WORK_MS, `works on ${task}`, () => this.#finish(agent, task, capability, part, input))
    this.#atWork.set(task, () => {
      stopBeating()
      end()
    })
  }

  #finish(agent: string, task: string, capability: string, part: Exclude<Part, symbol>, input: Json): void {
    this.#atWork.get(task)?.()
    const output = typeof part === 'function' ? part(input) : part
    const failed = typeof output === 'string'
    if (!failed) this.played.push(capability)
    const outcome = failed ? ({ ok: false, error: { code: output, message: `${output}!` } } as const) : ({ ok: true, output } as const)
    this.engine.gate.heard(agent, { type: 'result', task, outcome })
  }

  #partOf(capability: string): Part {
    const asked = this.#asked.get(capability) ?? 0
    this.#asked.set(capability, asked + 1)
    const cast = this.#cast[capability] ?? {}
    const parts: readonly Part[] = isList(cast) ? cast : [cast]
    return parts[Math.min(asked, parts.length - 1)] ?? {}
  }
}

const isList = (cast: Part | readonly Part[]): cast is readonly Part[] => Array.isArray(cast)

const capabilitiesOf = (definitions: readonly CompiledDefinition[]): readonly string[] => {
  const found = JSON.stringify(definitions.map(({ definition }) => definition)).matchAll(/"capability":"([a-z0-9_-]+)"/g)
  return [...new Set(Array.from(found, ([, capability]) => capability ?? ''))]
}
