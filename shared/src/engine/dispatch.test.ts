import { describe, expect, test } from 'vitest'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const retry = { strategy: 'fixed', maxAttempts: 5, initialDelayMs: 1_000, jitter: false }
const definition = define({ steps: { a: { ...TASK, retry } } })
const robotOnly = define({ name: 'robot-only', steps: { a: { ...TASK, kind: 'robot' } } })
const open = () =>
  TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
    definitions: [definition, robotOnly],
  })
const task = (workflow: string, attempt = 1) => `${workflow}.0.${attempt}`

describe('offering', () => {
  test('T1 an agent is offered no more than its capacity, and the next as soon as it is free', async () => {
    const node = await open()
    const agent = await node.agent('r1', { capacity: 2 })
    const [w1, w2, w3] = [
      await node.start(definition, {}, '1'),
      await node.start(definition, {}, '2'),
      await node.start(definition, {}, '3'),
    ]
    expect(agent.offers).toEqual([task(w1), task(w2)])
    await agent.accept(task(w1))
    await agent.succeed(task(w1))
    expect(agent.told).toEqual([`recorded ${task(w1)}`])
    expect(agent.offers).toEqual([task(w1), task(w2), task(w3)])
  })

  test('T1 only to who can, and is of the kind; the least loaded first, then who has waited longest', async () => {
    const node = await open()
    const other = await node.agent('other', { capabilities: ['weld'] })
    const human = await node.agent('human', { kind: 'human', capacity: 5 })
    const robot = await node.agent('robot', { capacity: 2 })
    await node.start(robotOnly, {}, '1')
    await node.start(definition, {}, '2')
    await node.start(definition, {}, '3')
    expect([other, human, robot].map(({ offers }) => offers.length)).toEqual([0, 2, 1])
  })

  test('LIM-2 the most urgent waiting offer first', async () => {
    const node = await open()
    const [low, high] = [await node.start(definition, {}, 'low'), await node.start(definition, {}, 'high')]
    await node.will(high, { type: 'set-priority', priority: 'critical' })
    const agent = await node.agent('r1')
    expect(agent.offers).toEqual([task(high)])
    await agent.succeed(task(high))
    expect(agent.offers).toEqual([task(high), task(low)])
  })

  test('EX-4 steps of one workflow that wait equally long go out in the order in which they stand', async () => {
    const node = await open()
    const many = define({ steps: Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, TASK])) })
    node.engine.catalogue.add(many)
    const agent = await node.agent('r1', { capacity: 4 })
    const id = await node.start(many)
    expect(agent.offers).toEqual([0, 1, 2, 3].map((ref) => `${id}.${ref}.1`))
  })

  test('RES-6 T2 a declined offer goes out again after its pause', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.say({ type: 'decline', task: task(id), reason: 'busy' })
    expect(agent.offers).toHaveLength(1)
    await node.clock.advance(250)
    expect(agent.offers).toEqual([task(id), task(id, 2)])
  })
})

describe('EX-7 the end of a workflow whose tasks are in hand', () => {
  const wide = define({ name: 'wide', steps: { a: TASK, b: TASK } })
  const atWork = async () => {
    const node = await open()
    node.engine.catalogue.add(wide)
    const agent = await node.agent('r1', { capacity: 2 })
    const id = await node.start(wide)
    await agent.accept(task(id))
    return { node, agent, id }
  }

  test('EX-7 T4 terminated, its agents are told to stop once that is durable, and do not wait for a heartbeat', async () => {
    const { node, agent, id } = await atWork()
    node.store.hold()
    const terminated = node.will(id, { type: 'terminate', reason: 'fire' })
    await node.clock.advance(0)
    expect(agent.told).toEqual([])
    node.store.release()
    await node.clock.advance(0)
    await terminated
    expect(agent.told).toEqual([`stop ${task(id)}`, `stop ${id}.1.1`])
    await agent.say({ type: 'stopped', task: task(id) })
    expect(agent.told.at(-1)).toBe(`forget ${task(id)}`)
  })

  test('EX-7 cancelled, they are told to stop in the same way', async () => {
    const { node, agent, id } = await atWork()
    await node.will(id, { type: 'cancel', reason: 'not needed' })
    expect(agent.told).toEqual([`stop ${task(id)}`, `stop ${id}.1.1`])
    await node.will(id, { type: 'terminate', reason: 'now' })
    expect(agent.told).toHaveLength(2)
  })

  test('EX-7 T4 whoever ends it by a result is told that this is recorded, and nothing else', async () => {
    const { agent, id } = await atWork()
    await agent.succeed(task(id))
    await agent.succeed(`${id}.1.1`)
    expect(agent.told).toEqual([`recorded ${task(id)}`, `recorded ${id}.1.1`])
  })

  test('COO-9 T4 whoever accepts and ends a task in one turn is told that its result is recorded, and nothing else', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const accepted = task(await node.start(definition))
    node.engine.gate.heard('r1', { type: 'accept', task: accepted })
    await agent.succeed(accepted)
    expect(agent.told).toEqual([`recorded ${accepted}`])
  })

  test('EX-7 T4 a commit that fails tells nobody', async () => {
    const { node, agent, id } = await atWork()
    node.store.failNext({ code: 'disk-full', message: 'full' })
    node.store.failNext({ code: 'disk-full', message: 'full' })
    expect((await node.will(id, { type: 'terminate', reason: 'fire' })).ok).toBe(false)
    expect(agent.told).toEqual([])
    expect((await node.state(id)).status).toBe('active')
  })
})

describe('RES-6 T2 leases', () => {
  test('RES-6 T2 run from the offer, from acceptance and from each heartbeat; then the task goes to another', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await node.clock.advance(4_000)
    await agent.accept(task(id))
    await node.clock.advance(4_000)
    await agent.beat(task(id))
    await node.clock.advance(4_999)
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'running', attempt: 1 })
    node.engine.gate.disconnected('r1')
    await node.clock.advance(1)
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'ready', error: { code: 'lease-lost' } })
    const second = await node.agent('r2')
    await node.clock.advance(1_000)
    expect(second.offers).toEqual([task(id, 2)])
  })

  test('RES-6 a lost task that its agent still names is stopped; its late result is recorded and applied to nothing', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.accept(task(id))
    await node.clock.advance(5_000)
    await agent.beat(task(id))
    expect(agent.told).toEqual([`stop ${task(id)}`])
    const second = await node.agent('r2')
    await node.clock.advance(1_000)
    await second.accept(second.offers[0] ?? agent.offers[1] ?? '')
    await agent.succeed(task(id), 'late')
    expect(agent.told.at(-1)).toBe(`recorded ${task(id)}`)
    const state = await node.state(id)
    expect(state.late).toEqual(['0.1'])
    expect(state.steps[0]?.status).not.toBe('succeeded')
  })

  test('I20 a lease runs by monotonic time, whatever the wall clock does', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.accept(task(id))
    node.clock.jump(3_600_000 * 24)
    await node.clock.advance(4_999)
    expect(agent.told).toEqual([])
  })
})

describe('T3 whose task it is', () => {
  test('T3 a report on another agent’s task changes nothing, however the task is spelled', async () => {
    const node = await open()
    const [owner, thief] = [await node.agent('r1'), await node.agent('r2', { capabilities: ['weld'] })]
    const id = await node.start(definition)
    await owner.accept(task(id))
    const before = (await node.state(id)).length
    for (const name of [task(id), `${id}.00.1`, `${id}.0.01`, `${id}.0.0`, 'nonsense']) {
      await thief.succeed(name, 'mine')
      await thief.accept(name)
      await thief.say({ type: 'decline', task: name, reason: 'x' })
      await thief.say({ type: 'stopped', task: name })
    }
    expect((await node.state(id)).length).toBe(before)
    expect(new Set(thief.told.map((line) => line.split(' ')[0]))).toEqual(new Set(['forget']))
  })

  test('T3 a forged first attempt of what was never offered is nothing', async () => {
    const node = await open()
    const id = await node.start(definition)
    const thief = await node.agent('r2', { capabilities: ['weld'] })
    await thief.succeed(`${id}.0.0`, 'mine')
    expect((await node.state(id)).steps[0]?.status).toBe('ready')
  })
})

describe('T3 what was offered to nobody', () => {
  const links = [{ from: 'hold', to: 'ship' }]
  const steps = {
    hold: { type: 'wait', on: { kind: 'signal', signal: 'go' } },
    ship: { ...TASK, compensate: 'undo' },
    pay: { type: 'function', function: 'pay' },
  }
  const guarded = define({ name: 'guarded', steps, links, compensations: { undo: TASK } })

  test('T3 no agent ends a wait, a call or a step that has not begun, not even one that is named as the function', async () => {
    const never: Performer = { safety: 'idempotent', perform: () => new Promise<never>(() => {}) }
    const node = await TestNode.open({
      store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })),
      definitions: [guarded],
      functions: new Map([['pay', never]]),
    })
    const thief = await node.agent('pay')
    const id = await node.start(guarded)
    const { length } = await node.state(id)
    for (const ref of [0, 1, 2]) for (const attempt of [1, 7, 'c1']) await thief.succeed(`${id}.${ref}.${attempt}`, 'forged')
    expect((await node.state(id)).length).toBe(length)
    expect(new Set(thief.told.map((line) => line.split(' ')[0]))).toEqual(new Set(['recorded']))
  })

  test('T3 in the pause before the next try nobody else finishes the attempt', async () => {
    const node = await open()
    const [owner, thief] = [await node.agent('r1'), await node.agent('r2', { capabilities: ['weld'] })]
    const id = await node.start(definition)
    await owner.say({ type: 'result', task: task(id), outcome: { ok: false, error: { code: 'network', message: 'x' } } })
    await thief.succeed(task(id), 'forged')
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'ready', failures: 1 })
    await owner.succeed(task(id), 'after all')
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'succeeded', output: 'after all' })
  })
})

test('I20 what was written while the clock was a day ahead is offered as soon as there is an agent', async () => {
  const day = 86_400_000
  const node = await open()
  node.clock.jump(day)
  const id = await node.start(definition)
  node.clock.jump(-day)
  const agent = await node.agent('r1')
  expect(agent.offers).toEqual([task(id)])
})

describe('G8 reconnecting', () => {
  test('E3 I21 who comes back while an offer is being committed hears of it when it is durable, and no sooner', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    node.store.hold()
    const starting = node.start(definition)
    for (let turns = 0; node.engine.load.tasks === 0 && turns < 20; turns += 1) await node.clock.advance(0)
    expect(node.engine.load.tasks).toBe(1)
    await agent.reconnect([])
    expect(agent.offers).toEqual([])
    node.store.release()
    const id = await starting
    await node.clock.advance(0)
    expect(agent.offers).toEqual([task(id)])
  })

  test('E3 I1 who has declined and comes back before that is durable is not offered the same once more', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    node.store.hold()
    await agent.say({ type: 'decline', task: task(id), reason: 'full' })
    await agent.reconnect([])
    expect(agent.offers).toEqual([task(id)])
    node.store.release()
    await node.clock.advance(1_000)
    expect(agent.offers).toEqual([task(id), task(id, 2)])
  })

  test('G8 what it holds goes on, also when the acceptance was lost', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.reconnect([task(id)])
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'running', agent: 'r1' })
  })

  test('G8 what it should hold and does not is lost at once, and can be offered again', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.accept(task(id))
    await agent.reconnect([])
    expect((await node.state(id)).steps[0]).toMatchObject({ status: 'ready', error: { code: 'lease-lost' } })
    await node.clock.advance(1_000)
    expect(agent.offers.at(-1)).toBe(task(id, 2))
  })

  test('G8 an offer that it never heard is made again, a stop too', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.reconnect([])
    expect(agent.offers).toEqual([task(id), task(id)])
    await agent.accept(task(id))
    await node.will(id, { type: 'cancel', reason: 'enough' })
    await agent.reconnect([task(id)])
    expect(agent.told.filter((line) => line.startsWith('stop'))).toHaveLength(2)
    await agent.say({ type: 'stopped', task: task(id) })
    expect((await node.state(id)).status).toBe('cancelled')
  })

  test('G7 what nobody knows is forgotten, what has been settled is recorded', async () => {
    const node = await open()
    const agent = await node.agent('r1')
    const id = await node.start(definition)
    await agent.succeed(task(id))
    await agent.succeed(task(id))
    await agent.succeed(task(`w_${'0'.repeat(32)}`))
    expect(agent.told).toEqual([`recorded ${task(id)}`, `recorded ${task(id)}`, `forget ${task(`w_${'0'.repeat(32)}`)}`])
  })
})
