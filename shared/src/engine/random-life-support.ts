/**
 * One life of a random workflow in a real engine: a worker does all that is offered, and now and then something happens to it.
 */
import type { AgentReport } from '../agent-protocol/index.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Performer } from '../ports/performer.ts'
import type { Store } from '../ports/store.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import { err, ok } from '../values/result.ts'
import { specOf } from '../workflow/attempt.ts'
import type { Decision } from '../workflow/command.ts'
import { isTerminal } from '../workflow/status.ts'
import { failuresOf } from './random-definitions-support.ts'
import { ControlledStore, HOME, type TestAgent, TestNode } from './test-support.ts'

export type Happening = 'kill' | 'pause' | 'resume' | 'away' | 'back' | 'twice' | 'restore'

export type Fortune = readonly { readonly move: number; readonly what: Happening }[]

const MOVE_MS = 300
const MAX_MOVES = 1_500

const FUNCTIONS: ReadonlyMap<string, Performer> = new Map([
  ['count', { safety: 'idempotent', perform: async () => ok(7) }],
  ['broken', { safety: 'idempotent', perform: async () => err({ code: 'broken', message: 'it is', retryable: false }) }],
])

/** Does what it is offered, as the step's name says, and says a result until it is answered. */
class Worker {
  /** Says everything twice. */
  stutters = false
  readonly #holding = new Map<string, AgentReport | undefined>()
  readonly #failed = new Map<string, number>()
  readonly #named = new Map<string, string>()
  #agent: TestAgent | undefined
  #read = 0

  async connect(node: TestNode): Promise<void> {
    this.#read = 0
    this.#agent = await node.agent('r1', { capacity: 100, holding: [...this.#holding.keys()] })
    for (const report of [...this.#holding.values()]) if (report !== undefined) await this.#say(report)
  }

  leave(node: TestNode): void {
    if (this.#agent !== undefined) node.engine.gate.disconnected('r1')
    this.#agent = undefined
  }

  async work(): Promise<void> {
    const agent = this.#agent
    if (agent === undefined) return
    for (; this.#read < agent.got.length; this.#read += 1) {
      const message = agent.got[this.#read]
      if (message?.type === 'offer' && !this.#holding.has(message.task)) {
        this.#holding.set(message.task, undefined)
        this.#named.set(message.task, message.purpose === 'forward' ? `${message.workflow} ${message.step}` : '')
        await this.#say({ type: 'accept', task: message.task })
      } else if (message?.type === 'recorded' || message?.type === 'forget') this.#holding.delete(message.task)
      else if (message?.type === 'stop' && this.#holding.delete(message.task)) await this.#say({ type: 'stopped', task: message.task })
    }
    const begun = [...this.#holding].flatMap(([task, report]) => (report === undefined ? [task] : []))
    for (const task of begun.slice(0, Math.ceil(begun.length / 2))) await this.#finish(task)
    await agent.beat(...this.#holding.keys())
  }

  async #finish(task: string): Promise<void> {
    const name = this.#named.get(task) ?? ''
    const failed = this.#failed.get(name) ?? 0
    const fails = failed < failuresOf(name)
    this.#failed.set(name, failed + 1)
    const error = { code: 'jammed', message: 'as its name says', retryable: true }
    const report: AgentReport = { type: 'result', task, outcome: fails ? { ok: false, error } : { ok: true, output: null } }
    this.#holding.set(task, report)
    await this.#say(report)
  }

  async #say(report: AgentReport): Promise<void> {
    await this.#agent?.say(report)
    if (this.stutters) await this.#agent?.say(report)
  }
}

const DECISIONS: { readonly [what in Happening]?: Decision } = {
  pause: { type: 'pause' },
  resume: { type: 'resume' },
  restore: { type: 'restore', reason: 'once more', position: 4 },
}

/** Where everything ended, children and all, when all is over. */
export const liveThrough = async (inner: Store, definitions: readonly CompiledDefinition[], fortune: Fortune): Promise<Json> => {
  const top = definitions.at(-1)
  if (top === undefined) throw new RangeError('nothing to start')
  let node = await TestNode.open({ store: new ControlledStore(inner), definitions, functions: FUNCTIONS })
  const worker = new Worker()
  await worker.connect(node)
  const id = await node.start(top, { n: 2, list: [1, 2] })
  for (let move = 0; move < MAX_MOVES; move += 1) {
    for (const { what } of fortune.filter((one) => one.move === move)) node = await happen(node, worker, id, what)
    const { status } = await node.state(id)
    if (isTerminal(status)) return outcomeOf(node, definitions, id)
    if (move === MAX_MOVES / 3) {
      if (status === 'paused') await node.will(id, { type: 'resume' })
      await worker.connect(node)
    }
    await worker.work()
    await node.clock.advance(MOVE_MS)
  }
  throw new Error(`it never ended: ${JSON.stringify(await node.state(id))}`)
}

const happen = async (node: TestNode, worker: Worker, id: string, what: Happening): Promise<TestNode> => {
  const decision = DECISIONS[what]
  if (decision !== undefined) await node.will(id, decision)
  if (what === 'twice') worker.stutters = true
  if (what === 'away') worker.leave(node)
  if (what === 'back') await worker.connect(node)
  if (what !== 'kill') return node
  const next = await node.restart()
  await worker.connect(next)
  return next
}

const outcomeOf = async (node: TestNode, definitions: readonly CompiledDefinition[], id: string): Promise<Json> => {
  const { definition: hash, status, output, steps } = await node.state(id)
  const definition = definitions.find((one) => one.hash === hash)
  if (definition === undefined) throw new Error('of no known definition')
  const outcomes: Json[] = []
  for (const [ref, step] of steps.entries()) {
    const { spec } = specOf(definition, step)
    const child = spec.work.type === 'workflow' ? await latestChild(node, `${id}.${ref}`) : undefined
    const ended = child === undefined ? null : await outcomeOf(node, definitions, child)
    outcomes.push([step.spec, step.item ?? null, step.status, step.output ?? null, ended])
  }
  return { status, output: output ?? null, steps: outcomes }
}

/** What was gone back over had children of its own, which were cancelled. */
const latestChild = async (node: TestNode, step: string): Promise<string | undefined> => {
  let latest: string | undefined
  for (let attempt = 1; ; attempt += 1) {
    const id = workflowIdOf(HOME, `${step}.${attempt}`)
    if ((await node.engine.summary(id)) === undefined) return latest
    latest = id
  }
}
