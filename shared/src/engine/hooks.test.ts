import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Hooks, Passed } from './hooks.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const MOVE = define({ steps: { pick: TASK } })

const open = (hooks: Hooks): Promise<TestNode> => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
  return TestNode.open({ store, definitions: [MOVE], hooks })
}

describe('SM-4 hooks of a node', () => {
  test('SM-4 a veto refuses a start, and no trace of it is left', async () => {
    const node = await open({
      before: ({ decision, from }) => (decision === 'create' && from === 'absent' ? 'The floor is closed.' : undefined),
    })
    const id = workflowIdOf(HOME, 'k')
    const refused = await node.submit(willOf(id, createOf(MOVE)))
    expect(refused).toMatchObject({ ok: false, error: { code: 'vetoed', message: 'The floor is closed.' } })
    expect(node.store.batches.every(({ appends }) => appends.length === 0)).toBe(true)
    expect(await node.engine.read(id)).toEqual({ ok: true, value: undefined })
  })

  test('SM-4 a hook that throws refuses what it was to look at, and the node goes on', async () => {
    const node = await open({
      before: ({ decision }) => {
        if (decision === 'pause') throw new Error('no connection')
        return undefined
      },
    })
    const id = await node.start(MOVE)
    expect(await node.will(id, { type: 'pause' })).toMatchObject({
      ok: false,
      error: { code: 'vetoed', message: expect.stringContaining('no connection') },
    })
    expect((await node.state(id)).status).toBe('active')
    expect((await node.will(id, { type: 'cancel', reason: 'x' })).ok).toBe(true)
  })

  test('SM-4 every transition is told once it is durable, and a hook that fails then changes nothing', async () => {
    const passed: Passed[] = []
    const faults: unknown[] = []
    const node = await open({
      after: (one) => {
        passed.push(one)
        if (one.event === 'started') throw new Error('sync')
        if (one.event === 'completed') return Promise.reject(new Error('async'))
        return undefined
      },
      onFault: (error) => void faults.push(error),
    })
    node.store.failNext({ code: 'disk-full', message: 'full' })
    await expect(node.start(MOVE, {}, 'lost')).rejects.toThrow()
    expect(passed).toEqual([])
    const id = await node.start(MOVE)
    await node.will(id, { type: 'pause' })
    await node.will(id, { type: 'resume' })
    const agent = await node.agent('r1')
    await agent.accept(agent.offers[0] ?? '')
    await agent.succeed(agent.offers[0] ?? '')
    await node.clock.advance(0)
    expect(passed.map(({ event, workflow }) => [event, workflow])).toEqual([
      ['started', id],
      ['paused', id],
      ['resumed', id],
      ['completed', id],
    ])
    expect(faults).toHaveLength(2)
    expect((await node.state(id)).status).toBe('completed')
  })
})

describe('DEF-5 moving to another version on a node', () => {
  test('DEF-5 a workflow goes on under a version that the node knows, also in the next life', async () => {
    const next = define({ version: 2, steps: { check: TASK, pick: TASK }, links: [{ from: 'pick', to: 'check' }] })
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
    const node = await TestNode.open({ store, definitions: [MOVE, next] })
    const id = await node.start(MOVE)
    expect(await node.will(id, { type: 'migrate', definition: next.hash })).toMatchObject({ ok: true, value: { replayed: false } })
    const again = await node.restart()
    expect((await again.state(id)).version).toBe(2)
    const agent = await again.agent('r1')
    for (const place of [0, 1]) {
      await agent.accept(agent.offers[place] ?? '')
      await agent.succeed(agent.offers[place] ?? '')
    }
    expect((await again.state(id)).status).toBe('completed')
  })
})
