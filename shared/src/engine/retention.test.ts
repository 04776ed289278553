import { describe, expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { collect } from '../testing/collect.ts'
import { workflowIdOf } from '../values/ids.ts'
import { auditStore } from './audit.ts'
import { CHECKPOINTS } from './checkpoints.ts'
import type { RetentionPolicy } from './config.ts'
import { ENGINE_SCHEMAS } from './index.ts'
import { ARCHIVED, ENDED, GONE } from './retired.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode, willOf } from './test-support.ts'

const HOUR_MS = 3_600_000
const sleeping = define({ name: 'sleeping', steps: { sleep: { type: 'wait', on: { kind: 'time', delayMs: HOUR_MS } } } })
const working = define({ name: 'working', steps: { a: TASK } })

const open = (retention?: RetentionPolicy) => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
  return TestNode.open({ store, definitions: [sleeping, working], ...(retention === undefined ? {} : { retention }) })
}

const archivedIn = (node: TestNode): readonly string[] => node.store.batches.flatMap(({ archive = [] }) => archive)
const keysIn = async (node: TestNode, collection: string) => (await node.store.list(collection, { limit: 100 })).map(({ key }) => key)

describe('E32 retention', () => {
  test('PER-7 D4 what has ended is archived when its time has come, and not before; what is open is not', async () => {
    const node = await open({ archiveAfterMs: HOUR_MS })
    const sleeps = await node.start(sleeping, {}, 's')
    const works = await node.start(working, {}, 'w')
    await node.clock.advance(2 * HOUR_MS - 60_000)
    expect(archivedIn(node)).toEqual([])
    await node.clock.advance(2 * 60_000)
    expect(archivedIn(node)).toEqual([sleeps])
    expect([await keysIn(node, ENDED), (await keysIn(node, ARCHIVED)).length]).toEqual([[], 1])
    await node.clock.advance(HOUR_MS)
    expect(archivedIn(node)).toEqual([sleeps])
    expect([(await node.state(sleeps)).status, (await node.state(works)).status]).toEqual(['completed', 'active'])
  })

  test('PER-7 D4 a late report reloads an archived workflow, is kept there, and it is archived again', async () => {
    const node = await open({ archiveAfterMs: HOUR_MS, eraseAfterMs: 90 * HOUR_MS })
    const agent = await node.agent('r1')
    const workflow = await node.start(working, {}, 'w')
    await agent.accept(agent.offers[0] ?? '')
    await node.will(workflow, { type: 'cancel', reason: 'x' })
    await node.clock.advance(10_000)
    expect((await node.state(workflow)).status).toBe('cancelled')
    await node.clock.advance(2 * HOUR_MS)
    expect(archivedIn(node)).toEqual([workflow])
    node.engine.units.evict(workflow)
    await agent.succeed(agent.offers[0] ?? '', { done: true })
    expect((await node.state(workflow)).late).toHaveLength(1)
    await node.clock.advance(2 * 60_000)
    expect(archivedIn(node)).toEqual([workflow, workflow])
    expect(await keysIn(node, ENDED)).toEqual([])
  })

  test('PER-7 D4 one that late news woke when it was due to be deleted as well is deleted, and holds up nothing else', async () => {
    const node = await open({ archiveAfterMs: HOUR_MS, eraseAfterMs: HOUR_MS, sweepMs: 10_000 })
    const agent = await node.agent('r1')
    const workflow = await node.start(working, {}, 'w')
    await agent.accept(agent.offers[0] ?? '')
    await node.will(workflow, { type: 'cancel', reason: 'x' })
    await node.clock.advance(10_000)
    while (archivedIn(node).length === 0) await node.clock.advance(1_000)
    await agent.succeed(agent.offers[0] ?? '', { done: true })
    expect([await keysIn(node, ENDED), await keysIn(node, ARCHIVED)]).toEqual([[expect.any(String)], [expect.any(String)]])
    await node.clock.advance(20_000)
    expect([await keysIn(node, ENDED), await keysIn(node, ARCHIVED), await keysIn(node, GONE)]).toEqual([[], [], [workflow]])
  })

  test('PER-7 D4 what was archived long enough is deleted: its id and head are left, later decisions get `gone`, its key stays taken', async () => {
    const node = await open({ archiveAfterMs: 0, eraseAfterMs: 24 * HOUR_MS })
    const sleeps = await node.start(sleeping, {}, 's')
    await node.clock.advance(HOUR_MS)
    const head = (await node.engine.summary(sleeps))?.head
    expect(node.engine.countsOf(HOME)).toMatchObject({ completed: 1 })
    await node.clock.advance(25 * HOUR_MS)
    expect(await node.store.get(GONE, sleeps)).toMatchObject({ home: HOME, key: 's', head })
    expect([await node.engine.summary(sleeps), node.engine.countsOf(HOME).completed]).toEqual([undefined, 0])
    for (const answered of [
      await node.will(sleeps, { type: 'signal', name: 'x', id: '1', payload: null }),
      await node.submit(willOf(workflowIdOf(HOME, 's'), createOf(sleeping, {}, 's'))),
      await node.engine.read(sleeps),
    ])
      expect(answered).toMatchObject({ ok: false, error: { code: 'gone' } })
    const lines = await collect(auditStore(node.store))
    expect(lines.map(({ document, gone, head, problem }) => ({ document, gone, head, problem }))).toEqual([
      { document: sleeps, gone: true, head, problem: undefined },
    ])
    const again = await node.start(sleeping, {}, 'another')
    expect((await node.state(again)).status).toBe('active')
  })

  test('PER-7 E7 a deletion of unknown outcome that took effect is not undone by what memory still holds', async () => {
    const node = await open()
    const workflow = await node.start(sleeping, {}, 's')
    await node.clock.advance(HOUR_MS + 1_000)
    const [key = ''] = await keysIn(node, ENDED)
    await node.submit({ kind: 'retire', archive: [key], erase: [] })
    await node.engine.read(workflow)
    node.store.failNext({ code: 'unknown-outcome', message: 'lost' }, true)
    await node.submit({ kind: 'retire', archive: [], erase: [key] })
    await node.clock.advance(0)
    expect(await keysIn(node, GONE)).toEqual([workflow])
    const undone = await node.will(workflow, { type: 'undo', reason: 'x' })
    expect(undone).toMatchObject({ ok: false, error: { code: 'gone' } })
    expect(await node.engine.read(workflow)).toMatchObject({ ok: false, error: { code: 'gone' } })
  })

  test('PER-7 PER-4 with a workflow go what its checkpoints hold', async () => {
    const node = await open({ archiveAfterMs: 0, eraseAfterMs: 24 * HOUR_MS })
    const sleeps = await node.start(sleeping, {}, 's')
    for (let number = 0; number < 25; number += 1) await node.will(sleeps, { type: 'checkpoint', name: `c${number}` })
    await node.clock.advance(HOUR_MS)
    expect(await keysIn(node, CHECKPOINTS)).toHaveLength(20)
    await node.clock.advance(25 * HOUR_MS)
    expect([await keysIn(node, GONE), await keysIn(node, CHECKPOINTS)]).toEqual([[sleeps], []])
  })

  test('PER-7 nothing is deleted while another node may need it', async () => {
    let mayErase = false
    const node = await open({ archiveAfterMs: 0, eraseAfterMs: 0, mayErase: () => mayErase })
    const sleeps = await node.start(sleeping, {}, 's')
    await node.clock.advance(2 * HOUR_MS)
    expect((await node.state(sleeps)).status).toBe('completed')
    mayErase = true
    await node.clock.advance(2 * 60_000)
    expect(await keysIn(node, GONE)).toEqual([sleeps])
  })

  test('PER-7 D4 of a run of updates those for a deleted document are refused with `gone`, the rest is taken', async () => {
    const node = await open({ archiveAfterMs: 0, eraseAfterMs: 0 })
    const sleeps = await node.start(sleeping, {}, 's')
    const update = (await node.store.document(sleeps))?.updates[0] ?? new Uint8Array(0)
    await node.clock.advance(2 * HOUR_MS)
    const updates = [{ document: sleeps, sequence: 1, update }]
    const taken = await node.submit({ kind: 'received', peer: 'cloud', home: HOME, generation: 'c', from: 0, to: 1, updates })
    expect(taken).toMatchObject({ ok: true, value: { rejected: [{ document: sleeps, refusal: { code: 'gone' } }] } })
    expect(node.engine.cursorOf(`cloud/${HOME}`)).toMatchObject({ sequence: 1 })
  })

  test('PER-7 a store from before there were such rows puts away what had ended too', async () => {
    const node = await open()
    const sleeps = await node.start(sleeping, {}, 's')
    await node.clock.advance(HOUR_MS)
    const removals = (await keysIn(node, ENDED)).map((key) => ({ collection: ENDED, key }))
    const puts = [{ collection: 'node', key: 'life', value: { life: 1 } }]
    await node.store.commit({ appends: [], puts, removals, expected: new Map() })
    const next = await node.restart({ retention: { archiveAfterMs: 0 } })
    await next.clock.advance(60_000)
    expect(archivedIn(next)).toEqual([sleeps])
  })
})
