/** What is held follows from who is at work: given back by whatever ends an attempt, and found again after a crash. */
import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { Workshop } from './admission-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, type TestAgent } from './test-support.ts'

const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none', needs: [{ resource: 'dock' }] } as const
const MOVE = { ...TASK, needs: [{ resource: 'dock' }, { resource: 'crane', amount: 2 }] } as const
const calling = define({ name: 'calling', steps: { a: CALL } })
const moving = define({ name: 'moving', steps: { a: MOVE } })
const undoing = define({
  name: 'undoing',
  steps: { a: { ...TASK, compensate: 'u' }, b: TASK },
  links: [{ from: 'a', to: 'b' }],
  compensations: { u: { ...TASK, needs: [{ resource: 'dock' }] } },
})
const waiting = define({ name: 'waiting', steps: { w: { type: 'wait', on: { kind: 'signal', signal: 'go' } } } })

const LIMITS = { resources: { dock: 1, crane: 2 } } as const

const open = (limits: Parameters<typeof Workshop.open>[2] = LIMITS): Promise<Workshop> =>
  Workshop.open(
    new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })),
    [calling, moving, undoing, waiting],
    limits,
  )

interface AtWork {
  readonly shop: Workshop
  readonly workflow: string
  readonly task: string
  readonly agent: TestAgent
}

const atWork = async (): Promise<AtWork> => {
  const shop = await open()
  const agent = await shop.node.agent('r1')
  const workflow = await shop.start(moving, 'k')
  const task = `${workflow}.0.1`
  await agent.accept(task)
  expect(shop.held).toEqual([
    ['crane', ['k/a ×2']],
    ['dock', ['k/a']],
  ])
  return { shop, workflow, task, agent }
}

const ENDINGS: Readonly<Record<string, (at: AtWork) => Promise<void>>> = {
  success: ({ agent, task }) => agent.succeed(task),
  failure: ({ agent, task }) =>
    agent.say({ type: 'result', task, outcome: { ok: false, error: { code: 'x', message: 'x', retryable: false } } }),
  'its timeout': async ({ shop, agent, task }) => {
    for (let beat = 0; beat < 70; beat += 1) {
      await shop.node.clock.advance(1_000)
      await agent.beat(task)
    }
  },
  'a lost lease': ({ shop }) => shop.node.clock.advance(6_000),
  'a cancel, once the agent has stopped': async ({ shop, workflow, agent, task }) => {
    await shop.node.will(workflow, { type: 'cancel', reason: 'no more' })
    // Whoever is at work still stands in the dock.
    expect(shop.held.length).toBe(2)
    await agent.say({ type: 'stopped', task })
  },
  'termination, at once': async ({ shop, workflow }) => {
    await shop.node.will(workflow, { type: 'terminate', reason: 'now' })
  },
}

describe('LIM-4 holdings', () => {
  test.each(Object.entries(ENDINGS))('LIM-4 given back by %s', async (_, end) => {
    const at = await atWork()
    await end(at)
    expect(at.shop.held).toEqual([])
  })

  test('LIM-4 an offer holds already, and a declined one does not', async () => {
    const shop = await open()
    const agent = await shop.node.agent('r1')
    const workflow = await shop.start(moving, 'k')
    expect(shop.held.length).toBe(2)
    await agent.say({ type: 'decline', task: `${workflow}.0.1`, reason: 'busy' })
    expect(shop.held).toEqual([])
  })

  test('LIM-4 nothing is held by halves: who lacks one of two holds neither', async () => {
    const shop = await open({ resources: { dock: 1, crane: 1 } })
    await shop.node.agent('r1')
    const workflow = await shop.start(moving, 'k')
    expect([shop.held, (await shop.node.state(workflow)).steps[0]?.resource]).toEqual([[], 'crane'])
  })

  test('LIM-4 RES-3 what undoes waits for what it needs, and is not offered before', async () => {
    const shop = await open()
    const agent = await shop.node.agent('r1')
    const workflow = await shop.start(undoing, 'k')
    await agent.accept(`${workflow}.0.1`)
    await agent.succeed(`${workflow}.0.1`)
    const other = await shop.start(calling, 'other')
    await agent.accept(`${workflow}.1.1`)
    await agent.say({
      type: 'result',
      task: `${workflow}.1.1`,
      outcome: { ok: false, error: { code: 'x', message: 'x', retryable: false } },
    })
    expect((await shop.node.engine.summary(workflow))?.explain).toContain(
      'a is to be undone, which waits for dock (1 of 1 held by other/a).',
    )
    await shop.finish(`${other}.0.1`)
    expect(agent.offers.at(-1)).toBe(`${workflow}.0.c1`)
    await agent.succeed(`${workflow}.0.c1`)
    expect([(await shop.node.state(workflow)).status, shop.held]).toEqual(['failed', []])
  })

  test('LIM-4 PER-3 a new life holds exactly what the last one held, and what waited is begun in its turn', async () => {
    const limits = { resources: { dock: 1, crane: 2 }, workflows: { atOnce: 5 }, concurrency: { total: 4, byType: { task: 2 } } }
    const shop = await open(limits)
    await shop.start(waiting, 'parked')
    await shop.start(calling, 'first')
    await shop.start(calling, 'second')
    await shop.node.agent('r1')
    await shop.start(undoing, 'third')
    const before = shop.held
    expect(before.map(([pool]) => pool)).toEqual(['dock', 'steps', 'steps:task', 'workflows'])
    await shop.restart()
    const names = (held: typeof before) => held.map(([pool, holders]) => [pool, holders.length])
    expect(names(shop.held)).toEqual(names(before))
    expect(shop.held.filter(([pool]) => pool !== 'workflows')).toEqual(before.filter(([pool]) => pool !== 'workflows'))
    const [call] = shop.atWork
    await shop.finish(call)
    expect(shop.held.find(([pool]) => pool === 'dock')).toEqual(['dock', ['second/a']])
  })

  test('LIM-4 E7 a turn that was not committed holds nothing', async () => {
    const shop = await open()
    shop.node.store.failNext({ code: 'disk-full', message: 'full' })
    expect(await shop.start(calling, 'k')).not.toMatch(/^w_/)
    expect(shop.held).toEqual([])
    const workflow = await shop.start(calling, 'k')
    expect(shop.atWork).toEqual([`${workflow}.0.1`])
  })
})

describe('LIM-4 LIM-2 who waits long', () => {
  test('LIM-4 is reported once, when it begins to starve, though nothing else happens', async () => {
    const shop = await open({ ...LIMITS, starvingMs: 30_000 })
    await shop.start(calling, 'first')
    await shop.start(calling, 'second')
    await shop.node.clock.advance(29_000)
    expect(shop.alerts).toEqual([])
    await shop.node.clock.advance(60_000)
    expect(shop.alerts).toMatchObject([{ kind: 'starving', text: expect.stringContaining('has waited 30 s for dock') }])
  })

  /** Seconds until a claim on both cranes is met, while each second one more claim on one of them comes, and one ends. */
  const secondsFor = async (priority: 'normal' | 'critical', limitS: number): Promise<number> => {
    const small = define({ name: 'small', steps: { a: { ...CALL, needs: [{ resource: 'crane' }] } } })
    const large = define({ name: 'large', steps: { a: { ...CALL, needs: [{ resource: 'crane', amount: 2 }] } } })
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
    const shop = await Workshop.open(store, [small, large], { resources: { crane: 2 }, patienceMs: 5_000 })
    for (const key of ['s0', 's1']) await shop.start(small, key)
    const waits = await shop.start(large, 'large')
    let seconds = 0
    for (; !shop.atWork.includes(`${waits}.0.1`) && seconds < limitS; seconds += 1) {
      await shop.start(small, `t${seconds}`, { priority })
      await shop.node.clock.advance(1_000)
      await shop.finish(shop.atWork[0])
    }
    return seconds
  }

  test('LIM-2 LIM-4 a stream of small claims that would always fit does not starve a large one that has lost its patience', async () => {
    expect(await secondsFor('normal', 60)).toBeLessThan(8)
  })

  test('LIM-2 LIM-4 nor does a stream of more urgent ones, beyond the time in which it has aged', async () => {
    expect(await secondsFor('critical', 300)).toBeLessThan(2 * 60 + 8)
  })
})
