import { expect, test } from 'vitest'
import { ENGINE_SCHEMAS } from '../engine/index.ts'
import { ControlledStore, define, HOME, TASK, TestNode } from '../engine/test-support.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { OutcomeCounts } from './outcome-counts.ts'

test('workflows are counted as they change, and a new life knows the counts without walking all of them', async () => {
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' }))
  const move = define({ steps: { a: TASK } })
  const node = await TestNode.open({ store, definitions: [move] })
  await node.start(move, {}, 'before')
  const moved: string[] = []
  const counts = new OutcomeCounts(node.engine, (facility) => moved.push(facility))
  expect(counts.of(HOME)).toEqual({ open: 1, completed: 0, failed: 0, cancelled: 0 })

  const workflow = await node.start(move, {}, 'after')
  const agent = await node.agent('r1', { capacity: 2 })
  await agent.accept(`${workflow}.0.1`)
  await agent.succeed(`${workflow}.0.1`)
  expect(counts.of(HOME)).toEqual({ open: 1, completed: 1, failed: 0, cancelled: 0 })
  expect(counts.of('elsewhere')).toEqual({ open: 0, completed: 0, failed: 0, cancelled: 0 })
  expect(moved).toEqual([HOME, HOME])

  const next = await node.restart()
  expect(new OutcomeCounts(next.engine).of(HOME)).toEqual({ open: 1, completed: 1, failed: 0, cancelled: 0 })
})
