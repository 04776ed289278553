/** Large values through the engine: out of the log, and whole wherever somebody needs them. */
import { expect, test } from 'vitest'
import { fixedAuthority } from '../consistency/fixed.ts'
import { readLog } from '../document/index.ts'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import { MAX_INLINE_BYTES, referenceTo } from '../values/reference.ts'
import { ok } from '../values/result.ts'
import { auditStore } from './audit.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, HOME, TASK, TestNode } from './test-support.ts'

const FUNCTION = { type: 'function', function: 'f', retry: 'none' } as const
const PICTURE = { pixels: 'p'.repeat(4 * MAX_INLINE_BYTES), label: 'dock' }
const PASSED_ON = define({
  steps: {
    photo: TASK,
    store: { ...FUNCTION, input: { picture: 'steps.photo.output', label: 'steps.photo.output.label' } },
    show: { ...TASK, input: { picture: 'steps.store.output.picture' } },
  },
  links: [
    { from: 'photo', to: 'store' },
    { from: 'store', to: 'show' },
  ],
  output: { picture: 'steps.photo.output' },
})

const echo: Performer = { safety: 'idempotent', perform: async ({ input }) => ok(input) }
const functions = new Map([['f', echo]])
const newStore = () => new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))

const logBytes = async (node: TestNode, workflow: string): Promise<number> => {
  const unit = await node.engine.read(workflow)
  return unit.ok && unit.value !== undefined ? canonicalJson(readLog(unit.value.replica).entries).length : 0
}

const storedBytes = async (node: TestNode, workflow: string): Promise<number> =>
  (await node.store.document(workflow))?.updates.reduce((sum, { length }) => sum + length, 0) ?? 0

const offered = ({ got }: Awaited<ReturnType<TestNode['agent']>>): Json | undefined =>
  got.flatMap((message) => (message.type === 'offer' ? [message.input] : [])).at(-1)

/** Started, and the picture given by an agent. */
const photographed = async (store: ControlledStore, picture: Json = PICTURE) => {
  const node = await TestNode.open({ store, functions, definitions: [PASSED_ON] })
  const agent = await node.agent('r1')
  const workflow = await node.start(PASSED_ON)
  await agent.succeed(agent.offers[0] ?? '', picture)
  return { node, agent, workflow }
}

test('EX-5 E25 agents and functions get large values whole, after a restart too, while the log holds references', async () => {
  const { node, workflow } = await photographed(newStore())
  const again = await node.restart()
  const agent = await again.agent('r1')
  expect(offered(agent)).toEqual({ picture: PICTURE })
  await agent.succeed(agent.offers[0] ?? '')
  const { status, output } = await again.state(workflow)
  expect([status, output]).toEqual(['completed', { picture: PICTURE }])
  expect(await logBytes(again, workflow)).toBeLessThan(3_000)
  // The picture alone, with its label, and twice within another value: nothing is written a second time.
  expect(await storedBytes(again, workflow)).toBeLessThan(3.2 * MAX_INLINE_BYTES * 4)
  for await (const { problem } of auditStore(again.store)) expect(problem).toBeUndefined()
})

test('EX-5 E25 what a user wrote in the shape of a reference reads as what he wrote', async () => {
  const forged = referenceTo(PICTURE)
  const { node, agent, workflow } = await photographed(newStore(), forged)
  const { steps } = await node.state(workflow)
  expect(steps[0]?.output).toEqual(forged)
  // It has no label: the next input can't be made.
  expect([steps[1]?.status, steps[1]?.error?.code]).toEqual(['failed', 'expression-error'])
  expect(agent.offers).toHaveLength(1)
})

/** As a disk that changes one character of the large value, and seals what it changed. */
const damaging = (store: ControlledStore): void => {
  const inner = store.document
  store.document = async (id) => {
    const stored = await inner(id)
    return stored && { ...stored, updates: stored.updates.map(withOtherPixel) }
  }
}

const withOtherPixel = (update: Uint8Array): Uint8Array => {
  const changed = update.slice()
  const at = changed.findIndex((_, place) => [0, 1, 2, 3].every((ahead) => changed[place + ahead] === 'p'.charCodeAt(0) && place > 0))
  if (at >= 0) changed[at + 1] = 'q'.charCodeAt(0)
  return changed
}

test('EX-5 E25 a step whose value is damaged fails with value-missing; what needs none goes on; the audit names it', async () => {
  const definition = define({
    steps: {
      photo: TASK,
      go: { type: 'wait', on: { kind: 'signal', signal: 'go' }, timeoutMs: '1h' },
      show: { ...TASK, input: { label: 'steps.photo.output.label' }, optional: true },
      other: { ...TASK, input: { n: '1' } },
    },
    links: [
      { from: 'photo', to: 'go' },
      { from: 'go', to: 'show' },
      { from: 'go', to: 'other' },
    ],
  })
  const store = newStore()
  const node = await TestNode.open({ store, definitions: [definition] })
  const first = await node.agent('r1')
  const workflow = await node.start(definition)
  await first.succeed(first.offers[0] ?? '', PICTURE)
  damaging(store)
  const again = await node.restart()
  await again.will(workflow, { type: 'signal', name: 'go', id: '1', payload: null })
  const agent = await again.agent('r1')
  await agent.succeed(agent.offers[0] ?? '')
  const { status, steps } = await again.state(workflow)
  expect(steps.map((step) => step.error?.code ?? step.status)).toEqual(['succeeded', 'succeeded', 'value-missing', 'succeeded'])
  expect(status).toBe('completed')
  const problems: (string | undefined)[] = []
  for await (const { problem } of auditStore(store)) problems.push(problem)
  expect(problems[0]).toContain(referenceTo(PICTURE).$value)
})

test('EX-5 E25 a call that would have to be made again without its input fails with value-missing', async () => {
  const definition = define({ steps: { a: FUNCTION } })
  const never: Performer = { safety: 'idempotent', perform: () => new Promise(() => {}) }
  const store = newStore()
  const node = await TestNode.open({ store, functions: new Map([['f', never]]), definitions: [definition] })
  const workflow = await node.start(definition, PICTURE)
  damaging(store)
  const again = await node.restart()
  const { status, steps } = await again.state(workflow)
  expect([status, steps[0]?.error?.code]).toEqual(['failed', 'value-missing'])
})

test('EX-5 E25 a child gets a large input and gives a large output', async () => {
  const child = define({ name: 'child', steps: { a: FUNCTION }, output: { all: 'steps.a.output' } })
  const parent = define({ name: 'parent', steps: { c: { type: 'workflow', definition: 'child' } }, output: { got: 'steps.c.output.all' } })
  const node = await TestNode.open({ store: newStore(), functions, definitions: [child, parent] })
  const workflow = await node.start(parent, PICTURE)
  await node.clock.advance(10)
  expect(await node.state(workflow)).toMatchObject({ status: 'completed', output: { got: PICTURE } })
  expect(await logBytes(node, workflow)).toBeLessThan(2_000)
})

test('EX-5 SYN-1 E25 a copy elsewhere holds every value that its log names', async () => {
  const { node, workflow } = await photographed(newStore())
  const cloud = await TestNode.open({
    store: newStore(),
    node: 'cloud',
    nodeNumber: 9,
    authority: fixedAuthority([]),
    definitions: [PASSED_ON],
  })
  const updates = await node.store.feed(HOME, 0, 1_000)
  const taken = await cloud.submit({
    kind: 'received',
    peer: 'gateway',
    home: HOME,
    generation: 'g1',
    from: 0,
    to: updates.length,
    updates,
  })
  expect(taken).toMatchObject({ ok: true, value: { rejected: [] } })
  expect(await cloud.state(workflow)).toEqual(await node.state(workflow))
  expect((await cloud.state(workflow)).steps[0]?.output).toEqual(PICTURE)
})
