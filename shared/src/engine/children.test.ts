import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { wanted } from '../workflow/wanted.ts'
import { NO_LIMITS } from './limits.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { DependencyRelay } from './relay.ts'
import type { Summary } from './summary.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode } from './test-support.ts'

const CHILD = define({
  name: 'packing',
  steps: { pack: { ...TASK, compensate: 'unpack' } },
  compensations: { unpack: TASK },
  output: { boxes: 'steps.pack.output' },
})
const PARENT = define({
  name: 'order',
  steps: { goods: { type: 'workflow', definition: 'packing' }, ship: TASK },
  links: [{ from: 'goods', to: 'ship' }],
})
const RECURSIVE = define({ name: 'russian-doll', steps: { open: { type: 'workflow', definition: 'russian-doll' } } })

const open = (): Promise<TestNode> =>
  TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
    definitions: [CHILD, PARENT, RECURSIVE],
  })

const listOf = async (node: TestNode): Promise<readonly Summary[]> => {
  const found: Summary[] = []
  for await (const summary of node.engine.summaries()) found.push(summary)
  return found
}

const childOf = (parent: string): string => workflowIdOf(HOME, `${parent}.0.1`)

test('E15 DEF-10 a step starts its workflow, waits for it, and goes on with its output', async () => {
  const node = await open()
  const parent = await node.start(PARENT, { order: 7 })
  const child = await node.state(childOf(parent))
  expect([child.input, child.title, child.parent]).toEqual([{ order: 7 }, 'packing for k', { workflow: parent, step: 0, depth: 1 }])
  const robot = await node.agent('r1')
  await robot.succeed(robot.offers[0] ?? '', 3)
  const state = await node.state(parent)
  expect([state.steps[0]?.status, state.steps[0]?.output, state.steps[1]?.status]).toEqual(['succeeded', { boxes: 3 }, 'offered'])
})

test('E15 PER-3 DEF-10 whatever restarts in between, it is started once and its end arrives', async () => {
  let node = await open()
  const parent = await node.start(PARENT)
  const child = childOf(parent)
  // This life sees the child's end and dies before it could say so.
  const wantsNoChildren: typeof wanted = (...of) => ({ ...wanted(...of), children: [] })
  node = await node.restart({ rules: { wanted: wantsNoChildren } })
  const robot = await node.agent('r1')
  await robot.succeed(robot.offers[0] ?? '', 1)
  expect([(await node.state(parent)).steps[0]?.status, (await node.state(child)).status]).toEqual(['running', 'completed'])
  node = await node.restart({ rules: {} })
  const state = await node.state(parent)
  expect([state.steps[0]?.status, (await node.state(child)).status]).toEqual(['succeeded', 'completed'])
  expect((await listOf(node)).map(({ id }) => id).sort()).toEqual([parent, child].sort())
})

test('E15 SM-5 pause and resume follow; whom a person has paused, a person resumes', async () => {
  const node = await open()
  const parent = await node.start(PARENT)
  const child = childOf(parent)
  await node.will(parent, { type: 'pause' })
  expect((await node.state(child)).status).toBe('paused')
  await node.will(parent, { type: 'resume' })
  expect((await node.state(child)).status).toBe('active')
  await node.will(child, { type: 'pause' })
  await node.will(parent, { type: 'pause' })
  await node.will(parent, { type: 'resume' })
  expect((await node.state(child)).status).toBe('paused')
})

test('E15 SM-5 DEF-10 cancelled with its parent; undone with it when it had completed', async () => {
  const node = await open()
  const first = await node.start(PARENT, {}, 'first')
  await node.will(first, { type: 'cancel', reason: 'not needed' })
  const cancelled = await node.state(childOf(first))
  expect([cancelled.status, cancelled.turnedBack?.error.message, (await node.state(first)).status]).toEqual([
    'cancelled',
    'not needed',
    'cancelled',
  ])
  const second = await node.start(PARENT, {}, 'second')
  const robot = await node.agent('r1')
  await robot.succeed(robot.offers[0] ?? '', 3)
  await node.will(second, { type: 'cancel', reason: 'changed my mind' })
  // The next step was offered already: whoever has it is told to stop before anything is undone.
  await robot.say({ type: 'stopped', task: robot.offers.at(-1) ?? '' })
  const child = childOf(second)
  expect([(await node.state(child)).status, (await node.state(second)).status]).toEqual(['active', 'active'])
  await robot.succeed(robot.offers.at(-1) ?? '')
  expect((await node.state(child)).steps[0]?.status).toBe('compensated')
  expect([(await node.state(child)).status, (await node.state(second)).status]).toEqual(['cancelled', 'cancelled'])
})

test('E15 SM-5 DEF-10 its failure is the failure of its step', async () => {
  const node = await open()
  const parent = await node.start(PARENT)
  const robot = await node.agent('r1')
  const [task = ''] = robot.offers
  await robot.say({ type: 'result', task, outcome: { ok: false, error: { code: 'broken', message: 'no tape' } } })
  const state = await node.state(parent)
  expect([state.status, state.turnedBack?.error]).toMatchObject([
    'failed',
    { code: 'child-failed', message: 'packing ended failed: no tape' },
  ])
})

test('E15 DEF-10 what can not be started fails its step: an unknown definition, endless nesting, a key that is taken', async () => {
  const node = await open()
  const lost = define({ name: 'lost', steps: { a: { type: 'workflow', definition: 'nobody-knows' } } })
  node.engine.catalogue.add(lost)
  const codeOf = async (workflow: string) => (await node.state(workflow)).turnedBack?.error.code
  expect(await codeOf(await node.start(lost, {}, 'lost'))).toBe('unknown-definition')
  const doll = await node.start(RECURSIVE, {}, 'doll')
  await node.clock.advance(0)
  expect((await node.state(doll)).status).toBe('failed')
  const dolls = (await listOf(node)).filter(({ definition }) => definition.name === 'russian-doll')
  expect(dolls).toHaveLength(9)
  const key = `${workflowIdOf(HOME, 'taken')}.0.1`
  await node.will(workflowIdOf(HOME, key), createOf(CHILD, {}, key))
  expect(await codeOf(await node.start(PARENT, {}, 'taken'))).toBe('key-reused')
  expect((await node.state(workflowIdOf(HOME, key))).status).toBe('active')
})

test('SM-5 DEF-3 E14 a wait for the end of another workflow ends with its output, whichever began first', async () => {
  const waiting = define({
    name: 'waiting',
    steps: { w: { type: 'wait', on: { kind: 'workflow', facility: `"${HOME}"`, key: '"goods"' } } },
  })
  const node = await open()
  node.engine.catalogue.add(waiting)
  const relay = new DependencyRelay(node.engine)
  const early = await node.start(waiting, {}, 'early')
  await node.start(CHILD, {}, 'goods')
  const robot = await node.agent('r1')
  await robot.succeed(robot.offers[0] ?? '', 4)
  const late = await node.start(waiting, {}, 'late')
  await node.clock.advance(0)
  relay.close()
  for (const id of [early, late]) expect((await node.state(id)).steps[0]).toMatchObject({ status: 'succeeded', output: { boxes: 4 } })
})

test('E15 LIM-1 a child comes with its parent’s place: parents that hold all the places do not wait for their children for ever', async () => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const limits = { workflows: { atOnce: 1, waiting: 1 } }
  const node = await TestNode.open({ store, definitions: [CHILD, PARENT], limits: { ...NO_LIMITS, ...limits } })
  const first = await node.start(PARENT, {}, 'first')
  const second = await node.start(PARENT, {}, 'second')
  expect((await node.state(childOf(first))).status).toBe('active')
  expect((await node.state(second)).status).toBe('pending')
  const robot = await node.agent('r1')
  for (let task = 0; task < 4; task += 1) await robot.succeed(robot.offers[task] ?? '')
  expect([(await node.state(first)).status, (await node.state(second)).status]).toEqual(['completed', 'completed'])
})
