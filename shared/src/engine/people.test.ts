import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import type { AskedRow } from './asked.ts'
import { CHECKPOINTS } from './checkpoints.ts'
import { NO_LIMITS } from './limits.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TASK, TestNode } from './test-support.ts'

const asking = define({
  name: 'asking',
  steps: { ok: { type: 'approval', queue: 'leads', role: 'planner' }, go: { ...TASK, review: { queue: 'floor' } }, end: TASK },
  links: [{ from: 'ok', to: 'go' }],
  onFailure: 'continue',
})

const kept = define({
  name: 'kept',
  steps: { a: { ...TASK, needs: [{ resource: 'dock' }] }, b: TASK },
  links: [{ from: 'a', to: 'b' }],
  checkpoints: { every: 'step' },
})

const open = (): Promise<TestNode> =>
  TestNode.open({
    store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })),
    definitions: [asking, kept],
    limits: { ...NO_LIMITS, resources: { dock: 1 } },
  })

const askedBy = async (node: TestNode): Promise<readonly AskedRow[]> => {
  const rows: AskedRow[] = []
  for await (const row of node.engine.register.asked()) rows.push(row)
  return rows
}

const approve = { type: 'approve', step: 'ok', approved: true, comment: '', roles: ['planner'] } as const

describe('what people are asked', () => {
  test('E30 GOV-1 RES-5 RES-7 stands in a row of its own, written with the decision that moved it, and gone when nothing is asked', async () => {
    const node = await open()
    const workflow = await node.start(asking)
    expect(await askedBy(node)).toMatchObject([{ workflow, items: [{ kind: 'approval', step: 'ok', queue: 'leads', role: 'planner' }] }])
    await node.will(workflow, approve)
    const agent = await node.agent('r1', { capacity: 2 })
    const [go = '', end = ''] = agent.offers.toSorted()
    for (const task of [go, end]) {
      await agent.accept(task)
      await agent.say({ type: 'result', task, outcome: { ok: false, error: { code: 'jammed', message: 'it jammed' } } })
    }
    const [row] = await askedBy(node)
    expect(row?.items.map(({ kind, step, error }) => [kind, step, error?.code])).toEqual([
      ['review', 'go', 'jammed'],
      ['dead-letter', 'end', 'jammed'],
    ])
    await node.will(workflow, { type: 'review', step: 'go', answer: 'skip', comment: '' })
    await node.will(workflow, { type: 'discard', step: 'end', reason: 'never again' })
    expect(await askedBy(node)).toEqual([])
  })

  test('E30 E5 a new life knows it from the row, without reading the workflow', async () => {
    const node = await open()
    const workflow = await node.start(asking, {}, 'parked')
    await node.agent('r1')
    const again = await node.restart()
    expect(await askedBy(again)).toMatchObject([{ workflow, key: 'parked' }])
    expect((await again.will(workflow, approve)).ok).toBe(true)
  })
})

describe('checkpoints', () => {
  test('E31 PER-4 are written in the commit that makes them: the state, who had which task, what was taken', async () => {
    const node = await open()
    const workflow = await node.start(kept)
    const agent = await node.agent('r1')
    const [task = ''] = agent.offers
    await agent.accept(task)
    await node.will(workflow, { type: 'checkpoint', name: 'by hand' })
    const batch = node.store.batches.findLast(({ puts }) => puts.some(({ collection }) => collection === CHECKPOINTS))
    expect(batch?.appends).toHaveLength(1)
    const position = (await node.state(workflow)).checkpoints.at(-1)?.position ?? 0
    expect(await node.engine.register.checkpoint(workflow, position)).toMatchObject({
      name: 'by hand',
      state: { steps: [{ status: 'running' }, { status: 'pending' }] },
      agents: [{ agent: 'r1', step: 'a', task, status: 'running' }],
      resources: [{ resource: 'dock', amount: 1, step: 'a' }],
    })
  })

  test('E31 PER-4 PER-5 after each step by themselves; what the state forgets goes from the store too', async () => {
    const node = await open()
    const workflow = await node.start(kept)
    const agent = await node.agent('r1')
    await agent.accept(agent.offers[0] ?? '')
    await agent.succeed(agent.offers[0] ?? '')
    for (let count = 0; count < 21; count += 1) await node.will(workflow, { type: 'checkpoint', name: `c${count}` })
    const rows = await node.store.list(CHECKPOINTS, { limit: 100 })
    expect(rows).toHaveLength(20)
    expect(rows.map(({ value }) => (value as { name: string }).name)).not.toContain('after-1-steps')
  })

  test('PER-4 a workflow of fifty steps is checkpointed in less than 100 ms', async () => {
    const steps = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`s${n}`, { ...TASK, input: { n: `${n}` } }]))
    const fifty = define({ name: 'fifty', steps })
    const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
    const node = await TestNode.open({ store, definitions: [fifty] })
    const workflow = await node.start(fifty)
    const began = performance.now()
    expect((await node.will(workflow, { type: 'checkpoint', name: 'all' })).ok).toBe(true)
    expect(performance.now() - began).toBeLessThan(100)
  })
})
