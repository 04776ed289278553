import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AgentReport } from '../agent-protocol/index.ts'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { Prng } from '../testing/prng.ts'
import { ok } from '../values/result.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isTerminal } from '../workflow/status.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, type TestAgent, TestNode } from './test-support.ts'

const retry = { strategy: 'fixed', maxAttempts: 4, initialDelayMs: 500, jitter: false }
const work = { ...TASK, retry, leaseMs: 2_000 }

/** Something of everything: tasks, a function, a map, a wait for time, undoing. */
const definition = define({
  steps: {
    fetch: { ...work, compensate: 'putback' },
    count: { type: 'function', function: 'count' },
    each: { type: 'map', over: '[1, 2]', each: { ...work, compensate: 'putback' } },
    rest: { type: 'wait', on: { kind: 'time', delayMs: 3_000 } },
    load: { ...work, input: { n: 'steps.count.output' } },
  },
  links: [
    { from: 'fetch', to: 'each' },
    { from: 'fetch', to: 'count' },
    { from: 'each', to: 'rest' },
    { from: 'rest', to: 'load' },
    { from: 'count', to: 'load' },
  ],
  compensations: { putback: work },
})

const count: Performer = { safety: 'idempotent', perform: async () => ok(7) }

const open = () =>
  TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
    definitions: [definition],
    functions: new Map([['count', count]]),
  })

/** An agent that does what it is offered, remembers what it holds, and says a result until it is answered. */
class Worker {
  readonly #holding = new Map<string, AgentReport | undefined>()
  #agent: TestAgent | undefined
  #read = 0

  async connect(node: TestNode): Promise<void> {
    this.#read = 0
    this.#agent = await node.agent('r1', { capacity: 3, holding: [...this.#holding.keys()] })
    for (const report of this.#holding.values()) if (report !== undefined) await this.#agent.say(report)
  }

  /** Reads what it was told, and finishes one task. */
  async work(): Promise<void> {
    const agent = this.#agent
    if (agent === undefined) return
    for (; this.#read < agent.got.length; this.#read += 1) {
      const message = agent.got[this.#read]
      if (message?.type === 'offer' && !this.#holding.has(message.task)) {
        this.#holding.set(message.task, undefined)
        await agent.accept(message.task)
      } else if (message?.type === 'recorded' || message?.type === 'forget') this.#holding.delete(message.task)
      else if (message?.type === 'stop') {
        this.#holding.delete(message.task)
        await agent.say({ type: 'stopped', task: message.task })
      }
    }
    const next = [...this.#holding].find(([, report]) => report === undefined)?.[0]
    if (next === undefined) return
    const report: AgentReport = { type: 'result', task: next, outcome: { ok: true, output: null } }
    this.#holding.set(next, report)
    await agent.say(report)
  }

  async beat(): Promise<void> {
    await this.#agent?.beat(...this.#holding.keys())
  }
}

/** What does not depend on when: where everything ended, and with what. */
const outcome = ({ status, output, steps }: WorkflowState) => ({
  status,
  output,
  steps: steps.map((step) => [step.spec, step.item, step.status, step.output ?? null, step.status === 'compensated']),
})

interface Life {
  readonly deaths: ReadonlySet<number>
  readonly cancelAt: number
}

const live = async ({ deaths, cancelAt }: Life): Promise<WorkflowState> => {
  let node = await open()
  const worker = new Worker()
  await worker.connect(node)
  const id = await node.start(definition)
  for (let move = 0; move < 200; move += 1) {
    if (deaths.has(move)) {
      node = await node.restart()
      await worker.connect(node)
    }
    if (move === cancelAt) await node.will(id, { type: 'cancel', reason: 'enough' })
    await worker.work()
    await node.clock.advance(300)
    await worker.beat()
    const state = await node.state(id)
    if (isTerminal(state.status)) return state
  }
  throw new Error('it never ended')
}

describe('PER-3 a new life', () => {
  test('PER-3 E2 E5 I6 wherever the process dies, and however often, all ends as if it had never died', async () => {
    const deaths = fc.uniqueArray(fc.nat(25), { maxLength: 6 })
    const undisturbed = outcome(await live({ deaths: new Set(), cancelAt: -1 }))
    expect(undisturbed.status).toBe('completed')
    await fc.assert(
      fc.asyncProperty(deaths, async (moves) => {
        expect(outcome(await live({ deaths: new Set(moves), cancelAt: -1 }))).toEqual(undisturbed)
      }),
      { numRuns: 25 },
    )
  })

  test('PER-3 RES-3 also on the way back: what was done is undone once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(25), { maxLength: 6 }), fc.integer({ min: 1, max: 10 }), async (moves, cancelAt) => {
        const state = await live({ deaths: new Set(moves), cancelAt })
        expect(['cancelled', 'completed']).toContain(state.status)
        for (const step of state.steps) if (state.status === 'cancelled') expect(step.status).not.toBe('compensating')
        const doneOnce = state.steps.filter(({ completion }) => completion !== undefined).map(({ status }) => status)
        if (state.status === 'cancelled') expect(doneOnce.every((status) => status === 'compensated' || status === 'succeeded')).toBe(true)
      }),
      { numRuns: 25 },
    )
  })

  test('PER-3 E5 a second recovery finds nothing to mend: it is idempotent', async () => {
    const node = await open()
    const worker = new Worker()
    await worker.connect(node)
    const id = await node.start(definition)
    await worker.work()
    const next = await node.restart()
    const { length } = await next.state(id)
    const again = await next.restart()
    expect([(await again.state(id)).length, again.problems]).toEqual([length, []])
  })

  test('PER-3 I20 timers that fell due while nobody lived ring at the start', async () => {
    const timed = define({ steps: { w: { type: 'wait', on: { kind: 'time', delayMs: 5_000 } } } })
    const node = await TestNode.open({
      store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
      definitions: [timed],
    })
    const id = await node.start(timed)
    await node.engine.close()
    await node.clock.advance(60_000)
    const next = await node.restart()
    expect((await next.state(id)).status).toBe('completed')
  })

  test('RES-6 T2 an open task gets a whole lease to be heard of', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.accept(`${id}.0.1`)
    await node.clock.advance(1_900)
    const next = await node.restart()
    await next.clock.advance(1_900)
    expect((await next.state(id)).steps[0]?.status).toBe('running')
    await next.clock.advance(200)
    expect((await next.state(id)).steps[0]).toMatchObject({ status: 'ready', error: { code: 'lease-lost' } })
  })

  test('PER-3 a definition is remembered by the store: a life that was not given it goes on', async () => {
    const node = await open()
    const id = await node.start(definition)
    const next = await node.restart({ definitions: [] })
    expect(next.problems).toEqual([])
    expect((await next.will(id, { type: 'cancel', reason: 'x' })).ok).toBe(true)
  })
})

test('DEF-1 a version whose text was changed is named; what runs keeps its text, and new starts take the present one', async () => {
  const [old, edited] = ['move', 'lift'].map((capability) => define({ name: 'd', version: 2, steps: { a: { ...TASK, capability } } }))
  if (old === undefined || edited === undefined) throw new Error('two texts')
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const node = await TestNode.open({ store, definitions: [old] })
  const id = await node.start(old)
  const next = await node.restart({ definitions: [edited] })
  expect(next.problems).toEqual([expect.stringMatching(/^d version 2 was changed without a new version/)])
  expect([next.engine.catalogue.byName('d')?.hash, (await next.state(id)).definition]).toEqual([edited.hash, old.hash])
  expect(next.engine.catalogue.byHash(old.hash)?.definition).toEqual(old.definition)
  // The text is taken back: again it is the one that is given which counts, whatever the order in the store.
  const back = await next.restart({ definitions: [old] })
  expect(back.engine.catalogue.byName('d', 2)?.hash).toBe(old.hash)
})

test('PER-1 every state that was, from the log alone', async () => {
  const node = await open()
  const worker = new Worker()
  await worker.connect(node)
  const id = await node.start(definition)
  const seen = new Map<number, WorkflowState>()
  for (let move = 0; move < 40; move += 1) {
    await worker.work()
    await node.clock.advance(new Prng(move).between(100, 900))
    const state = await node.state(id)
    seen.set(state.length, state)
  }
  const next = await node.restart()
  const unit = await next.engine.read(id)
  if (!unit.ok || unit.value === undefined) throw new Error('no unit')
  const replayed = [...unit.value.replay()]
  expect(replayed).toHaveLength(unit.value.length)
  for (const [length, state] of seen) expect(replayed[length - 1]?.state).toEqual(state)
})
