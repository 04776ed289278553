import { expect, test } from 'vitest'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { ok } from '../values/result.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { ControlledStore, define, TestNode } from './test-support.ts'

const PRICED = (version: number) =>
  define({
    name: 'priced',
    version,
    steps: { price: { type: 'function', function: 'price', input: { item: 'input.item' }, cache: { ttlMs: 60_000 } } },
    output: { price: 'steps.price.output' },
  })

test('EX-13 the output of a step for the same input is taken again until it expires, in a later life too; another version has its own', async () => {
  let calls = 0
  const price: Performer = { safety: 'idempotent', perform: async () => ok(++calls) }
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const [one, two] = [PRICED(1), PRICED(2)]
  let node = await TestNode.open({ store, definitions: [one, two], functions: new Map([['price', price]]) })
  const priceOf = async (key: string, item: string, definition = one): Promise<unknown> => {
    const id = await node.start(definition, { item }, key)
    await node.clock.advance(10)
    return (await node.state(id)).output
  }
  expect(await priceOf('a', 'lamp')).toEqual({ price: 1 })
  expect(await priceOf('b', 'lamp')).toEqual({ price: 1 })
  expect(await priceOf('c', 'vase')).toEqual({ price: 2 })
  expect(await priceOf('d', 'lamp', two)).toEqual({ price: 3 })
  node = await node.restart()
  expect(await priceOf('e', 'lamp')).toEqual({ price: 1 })
  await node.clock.advance(60_000)
  expect(await priceOf('f', 'lamp')).toEqual({ price: 4 })
  expect(calls).toBe(4)
})
