import { expect, test } from 'vitest'
import { openMemoryStore } from '../store/memory/index.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TestNode } from './test-support.ts'

const MEET = define({ name: 'meet', steps: { meet: { type: 'sync', barrier: 'input.at', parties: 3, timeoutMs: 60_000 } } })

const open = (): Promise<TestNode> =>
  TestNode.open({ store: new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' })), definitions: [MEET] })

const statusesOf = async (node: TestNode, ids: readonly string[]): Promise<readonly string[]> => {
  const states = []
  for (const id of ids) states.push((await node.state(id)).status)
  return states
}

test('E16 COO-7 workflows that meet at a barrier go on together, in one commit', async () => {
  const node = await open()
  const ids = [await node.start(MEET, { at: 'noon' }, 'a'), await node.start(MEET, { at: 'noon' }, 'b')]
  await node.start(MEET, { at: 'dusk' }, 'elsewhere')
  expect(await statusesOf(node, ids)).toEqual(['active', 'active'])
  ids.push(await node.start(MEET, { at: 'noon' }, 'c'))
  await node.clock.advance(0)
  expect(await statusesOf(node, ids)).toEqual(['completed', 'completed', 'completed'])
  const together = node.store.batches.filter(({ appends }) => new Set(appends.map(({ document }) => document)).size === 3)
  expect(together).toHaveLength(1)
})

test('E16 COO-7 who has left is not counted, and who comes too many waits for the next to come', async () => {
  const node = await open()
  const left = await node.start(MEET, { at: 'noon' }, 'left')
  const ids = [await node.start(MEET, { at: 'noon' }, 'a')]
  await node.will(left, { type: 'cancel', reason: 'no time' })
  ids.push(await node.start(MEET, { at: 'noon' }, 'b'))
  await node.clock.advance(0)
  expect(await statusesOf(node, ids)).toEqual(['active', 'active'])
  for (const key of ['c', 'd', 'e', 'f']) ids.push(await node.start(MEET, { at: 'noon' }, key))
  await node.clock.advance(0)
  expect((await statusesOf(node, ids)).join(' ')).toBe('completed completed completed completed completed completed')
})

test('E16 COO-7 all that came at once are told apart by who came first', async () => {
  const node = await open()
  const started = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => node.start(MEET, { at: 'noon' }, key))
  const ids = await Promise.all(started)
  await node.clock.advance(0)
  const statuses = await statusesOf(node, ids)
  expect(statuses.filter((status) => status === 'completed')).toHaveLength(6)
})

test('E16 PER-3 COO-7 a new life counts those who stand there', async () => {
  let node = await open()
  const ids = [await node.start(MEET, { at: 'noon' }, 'a'), await node.start(MEET, { at: 'noon' }, 'b')]
  node = await node.restart()
  ids.push(await node.start(MEET, { at: 'noon' }, 'c'))
  await node.clock.advance(0)
  expect(await statusesOf(node, ids)).toEqual(['completed', 'completed', 'completed'])
})
