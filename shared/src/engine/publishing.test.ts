import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { DEFINITIONS } from './catalogue.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { Publisher } from './publishing.ts'
import { ControlledStore, createOf, define, HOME, TASK, TestNode } from './test-support.ts'

const one = define({ steps: { a: TASK } })
const other = define({ steps: { b: TASK } })
const second = define({ version: 2, steps: { b: TASK } })

const open = async () => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const node = await TestNode.open({ store })
  return { store, node, publisher: new Publisher(node.engine, store) }
}

test('P1 DEF-5 a version never changes; the same again is no change; a new version is another definition', async () => {
  const { node, publisher, store } = await open()
  expect(await publisher.publish(one)).toEqual({ ok: true, value: { replayed: false } })
  expect(await publisher.publish(one)).toEqual({ ok: true, value: { replayed: true } })
  const refused = await publisher.publish(other)
  expect(refused).toMatchObject({ ok: false, error: { code: 'version-exists', message: expect.stringContaining('version 2 is free') } })
  expect(await publisher.publish(second)).toEqual({ ok: true, value: { replayed: false } })
  expect(node.engine.catalogue.byName('test')?.hash).toBe(second.hash)
  expect(node.engine.catalogue.byName('test', 1)?.hash).toBe(one.hash)
  expect((await store.list(DEFINITIONS, { limit: 10 })).length).toBe(2)
})

test('P1 of two contents published at one moment one is refused', async () => {
  const { publisher } = await open()
  const both = await Promise.all([publisher.publish(one), publisher.publish(other)])
  expect(both.map(({ ok }) => ok)).toEqual([true, false])
})

test('P2 what the store did not take can not be started, and may be published again', async () => {
  const { node, publisher, store } = await open()
  store.failNext({ code: 'disk-full', message: 'full' })
  expect(await publisher.publish(one)).toMatchObject({ ok: false, error: { next: 'retry-later', code: 'store-disk-full' } })
  expect(node.engine.catalogue.byName('test')).toBeUndefined()
  expect(await publisher.publish(one)).toEqual({ ok: true, value: { replayed: false } })
})

test('P2 the next life knows it, and goes on with what was started from it', async () => {
  const { node, publisher } = await open()
  await publisher.publish(one)
  const workflow = await node.start(one)
  const next = await node.restart()
  expect(next.problems).toEqual([])
  expect((await next.state(workflow)).status).toBe('active')
  expect(next.engine.catalogue.byName('test')?.hash).toBe(one.hash)
})

test('P1 a start that named it before it was published is refused, and taken afterwards', async () => {
  const { node, publisher } = await open()
  const early = await node.will('w_early', createOf(one, {}, 'k', HOME))
  expect(early.ok).toBe(false)
  await publisher.publish(one)
  expect(await node.start(one)).toMatch(/^w_/)
})
