import { describe, expect, test } from 'vitest'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import { statusPath } from '../workflow/path.ts'
import { Workshop } from './admission-test-support.ts'
import type { Limits } from './limits.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, HOME, TASK } from './test-support.ts'

const CALL = { type: 'function', function: 'f', timeoutMs: 60_000, retry: 'none' } as const
const docking = define({ name: 'docking', steps: { unload: { ...CALL, needs: [{ resource: 'dock' }] } } })
const wide = define({ name: 'wide', limits: { concurrency: 2 }, steps: { m: { type: 'map', over: 'input', each: CALL } } })
const plain = define({ name: 'plain', steps: { a: CALL } })

const open = (definitions: readonly CompiledDefinition[], limits: Partial<Limits> = {}): Promise<Workshop> =>
  Workshop.open(new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })), definitions, limits)

const id = (key: string): string => workflowIdOf(HOME, key)

describe('LIM-4 DEF-3 resources', () => {
  test('LIM-4 DEF-3 SM-1 a step that needs what another holds waits for it, says who has it, and begins when it is given back', async () => {
    const shop = await open([docking], { resources: { dock: 1 } })
    const [first, second] = [await shop.start(docking, 'a'), await shop.start(docking, 'b')]
    expect(shop.atWork).toEqual([`${first}.0.1`])
    const waiting = await shop.node.state(second)
    expect([waiting.steps[0]?.status, statusPath(waiting)]).toEqual(['waiting_for_resource', 'active.waiting_for_resource'])
    expect((await shop.node.engine.summary(second))?.explain).toBe('unload waits for dock (1 of 1 held by a/unload).')
    await shop.finish(`${first}.0.1`)
    expect(shop.atWork).toEqual([`${second}.0.1`])
    await shop.finish(`${second}.0.1`)
    expect([(await shop.node.state(second)).status, shop.held]).toEqual(['completed', []])
  })

  test('LIM-4 what this node has none of is never there, and stands in nobody’s way', async () => {
    const shop = await open([docking, plain], { resources: {}, patienceMs: 0 })
    const waits = await shop.start(docking, 'a')
    expect((await shop.node.engine.summary(waits))?.explain).toBe('unload waits for dock (there is none here).')
    await shop.start(plain, 'b')
    expect(shop.atWork).toEqual([`${id('b')}.0.1`])
  })

  test('LIM-4 a quota binds one owner and no other', async () => {
    const quotas = [{ resource: 'dock', per: 'tenant', amount: 1 }] as const
    const shop = await open([docking], { resources: { dock: 3 }, quotas, tenants: { acme: ['ann'] } })
    for (const [key, by] of [
      ['a', 'ann'],
      ['b', 'ann'],
      ['c', 'bob'],
    ] as const)
      await shop.start(docking, key, { by })
    expect(shop.held).toEqual([
      ['dock', ['a/unload', 'c/unload']],
      ['dock (tenant acme)', ['a/unload']],
    ])
    await shop.finish(`${id('a')}.0.1`)
    expect(shop.atWork).toEqual([`${id('c')}.0.1`, `${id('b')}.0.1`])
  })
})

describe('LIM-1 so many at once', () => {
  test('LIM-1 in one workflow', async () => {
    const shop = await open([wide])
    await shop.start(wide, 'k', { input: [1, 2, 3, 4, 5] })
    for (let done = 0; done < 5; done += 1) {
      expect(shop.atWork.length).toBe(Math.min(2, 5 - done))
      await shop.finish(shop.atWork[0])
    }
    expect((await shop.node.state(id('k'))).status).toBe('completed')
  })

  test('LIM-1 of a step type, and in all; an agent’s task counts from its offer', async () => {
    const mixed = define({ name: 'mixed', steps: { a: CALL, b: CALL, c: TASK, d: TASK } })
    const shop = await open([mixed], { concurrency: { total: 2, byType: { function: 1 } } })
    const agent = await shop.node.agent('r1', { capacity: 5 })
    await shop.start(mixed, 'k')
    expect([shop.atWork.length, agent.offers.length]).toEqual([1, 1])
    await agent.accept(`${id('k')}.2.1`)
    await agent.succeed(`${id('k')}.2.1`)
    // The second call waits for its type, the second task takes the place in all.
    expect([shop.atWork.length, agent.offers.length]).toEqual([1, 2])
    await shop.finish(`${id('k')}.0.1`)
    expect(shop.atWork).toEqual([`${id('k')}.1.1`])
  })

  test('LIM-1 LIM-2 of workflows: the others stay pending and are started in order of priority; one that waits can be cancelled', async () => {
    const shop = await open([plain], { workflows: { atOnce: 1 } })
    for (const [key, priority] of [
      ['a', 'low'],
      ['b', 'low'],
      ['c', 'critical'],
      ['d', 'low'],
    ] as const)
      await shop.start(plain, key, { priority })
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await shop.node.state(id(key))).status))).toEqual([
      'active',
      'pending',
      'pending',
      'pending',
    ])
    expect((await shop.node.engine.summary(id('b')))?.explain).toBe('Waiting for its turn to be started.')
    await shop.node.will(id('d'), { type: 'cancel', reason: 'not needed' })
    expect((await shop.node.state(id('d'))).status).toBe('cancelled')
    await shop.finish(`${id('a')}.0.1`)
    expect(shop.atWork).toEqual([`${id('c')}.0.1`])
    await shop.finish(`${id('c')}.0.1`)
    expect(shop.atWork).toEqual([`${id('b')}.0.1`])
  })

  test('LIM-1 LIM-3 when too many wait, no more are taken: the caller is told to come again later', async () => {
    const shop = await open([plain], { workflows: { atOnce: 1, waiting: 1 } })
    await shop.start(plain, 'a')
    await shop.start(plain, 'b')
    expect(await shop.start(plain, 'c')).toBe('too-many-waiting')
    await shop.finish(`${id('a')}.0.1`)
    expect(await shop.start(plain, 'c')).toBe(id('c'))
  })
})
