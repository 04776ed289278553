/**
 * A task graph run by the production engine in virtual time: each step is a task for an agent, whose work takes exactly its time, and
 * nothing else takes any. The commits are to memory, agents answer at once, and there is no network between.
 */
import { fixedAuthority } from '@holdfast/shared/consistency'
import { compileDefinition } from '@holdfast/shared/definition'
import { ENGINE_SCHEMAS, type Engine, openEngine, type Summary } from '@holdfast/shared/engine'
import type { Clock } from '@holdfast/shared/ports'
import { openMemoryStore } from '@holdfast/shared/store/memory'
import { Kernel, Prng, SimClock, SimProcess } from '@holdfast/shared/testing'
import { workflowIdOf } from '@holdfast/shared/values'
import { parseTaskId } from '@holdfast/shared/workflow'
import type { TaskGraph } from './graph.ts'

const HOME = 'bench'
const KEY = 'run'
const CAPABILITY = 'work'
const YEAR_MS = 365 * 86_400_000

export interface RunResult {
  readonly makespanMs: number
  /** Most steps at work at one moment. */
  readonly mostAtWork: number
}

/** @param agents how many there are, each with one pair of hands; undefined where there are as many hands as steps */
export const runInVirtualTime = async (graph: TaskGraph, agents?: number): Promise<RunResult> => {
  const kernel = new Kernel(new Prng('makespan'))
  let result: RunResult | undefined
  live(kernel, graph, agents).then(
    (ended) => {
      result = ended
    },
    (error: unknown) => kernel.fail(error),
  )
  await kernel.runUntil(() => result !== undefined, YEAR_MS)
  if (result === undefined) throw new Error(`${graph.name} did not end within a year`)
  return result
}

const live = async (kernel: Kernel, graph: TaskGraph, agents: number | undefined): Promise<RunResult> => {
  const engine = await open(new SimClock(kernel).of(new SimProcess(kernel, 'gateway')))
  const workflow = workflowIdOf(HOME, KEY)
  const workers = new Workers(graph, kernel, engine)
  if (agents === undefined) workers.hire('everybody', graph.ids.length)
  else for (let n = 0; n < agents; n += 1) workers.hire(`agent-${n}`, 1)
  const ended = new Promise<Summary>((resolve) => {
    engine.onCommitted(({ summaries }) => {
      for (const summary of summaries) if (!summary.open) resolve(summary)
    })
  })
  await create(engine, graph, workflow)
  const { status, createdAt, endedAt = createdAt, explain } = await ended
  if (status !== 'completed') throw new Error(`${graph.name} did not complete: ${explain}`)
  return { makespanMs: endedAt - createdAt, mostAtWork: workers.mostAtWork }
}

const open = async (clock: Clock): Promise<Engine> => {
  const store = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'one' })
  const opened = await openEngine({
    node: 'gateway',
    nodeNumber: 1,
    authority: fixedAuthority([HOME]),
    clock,
    store,
    random: new Prng('identity'),
    definitions: [],
    functions: new Map(),
    heartbeatMs: YEAR_MS,
    rightsOf: () => ({ nodes: 'any', authority: true, mayPropose: true, mayWriteText: true, maxBytes: 0 }),
  })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value.engine
}

const create = async (engine: Engine, graph: TaskGraph, workflow: string): Promise<void> => {
  const compiled = compileDefinition(definitionOf(graph))
  if (!compiled.ok) throw new Error(compiled.error.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  engine.catalogue.add(compiled.value)
  const named = { home: HOME, key: KEY, definition: compiled.value.hash, title: graph.name }
  const command = { type: 'create', ...named, priority: 'normal', input: {} } as const
  const created = await engine.submit({ kind: 'will', workflow, home: HOME, command, by: 'bench', reason: 'makespan' })
  if (!created.ok) throw new Error(created.error.message)
}

const definitionOf = ({ name, ids, links, needs }: TaskGraph): Parameters<typeof compileDefinition>[0] => {
  const work = { type: 'task', capability: CAPABILITY, leaseMs: YEAR_MS, mayFinishOffline: true } as const
  const retry = { strategy: 'none', maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0, multiplier: 1, jitter: false } as const
  return {
    name,
    version: 1,
    title: name,
    steps: Object.fromEntries(ids.map((id, step) => [id, { work, retry, timeoutMs: YEAR_MS, join: needs.get(step) ?? 'all' }])),
    links: links.map(([from, to]) => ({ from: ids[from] ?? '', to: ids[to] ?? '', trigger: 'complete' })),
    compensations: {},
    onFailure: 'stop',
    cancel: {},
  }
}

/** Agents that take what they are offered, work on it for its time, and say so. */
class Workers {
  mostAtWork = 0
  readonly #graph: TaskGraph
  readonly #kernel: Kernel
  readonly #engine: Engine
  #atWork = 0

  constructor(graph: TaskGraph, kernel: Kernel, engine: Engine) {
    this.#graph = graph
    this.#kernel = kernel
    this.#engine = engine
  }

  hire(id: string, capacity: number): void {
    this.#engine.gate.connected({ id, kind: 'robot', capabilities: [CAPABILITY], capacity, holding: [] }, (message) => {
      if (message.type === 'offer') this.#begin(id, message.task)
    })
  }

  #begin(agent: string, task: string): void {
    this.#atWork += 1
    this.mostAtWork = Math.max(this.mostAtWork, this.#atWork)
    const lasts = this.#graph.durationsMs[parseTaskId(task)?.name.ref ?? -1] ?? 0
    this.#kernel.at(lasts, `works on ${task}`, () => {
      this.#atWork -= 1
      this.#engine.gate.heard(agent, { type: 'result', task, outcome: { ok: true, output: null } })
    })
  }
}
