import { expect, test } from 'vitest'
import type { Performer } from '../ports/performer.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { ok } from '../values/result.ts'
import type { WantedCall } from '../workflow/want.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { RESULTS, RESULTS_DUE, ResultCache } from './result-cache.ts'
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

test('EX-13 PER-7 what has expired is swept away with what has ended, and what a later output took the place of is not', async () => {
  const price: Performer = { safety: 'idempotent', perform: async () => ok(1) }
  const store = new ControlledStore(openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g1' }))
  const definition = PRICED(1)
  const retention = { archiveAfterMs: 3_600_000, sweepMs: 1_000 }
  const node = await TestNode.open({ store, definitions: [definition], functions: new Map([['price', price]]), retention })
  const rows = async () =>
    Promise.all([RESULTS, RESULTS_DUE].map(async (collection) => (await store.list(collection, { limit: 9 })).length))
  await node.start(definition, { item: 'lamp' }, 'a')
  await node.clock.advance(30_000)
  await node.start(definition, { item: 'vase' }, 'b')
  await node.clock.advance(29_000)
  expect(await rows()).toEqual([2, 2])
  await node.clock.advance(2_000)
  expect(await rows()).toEqual([1, 1])
  const cache = new ResultCache(store)
  const name = { ref: 0, attempt: 1, purpose: 'forward' } as const
  const call: WantedCall = { ...name, id: 'c', function: 'price', input: 1, timeoutMs: 1, cached: { by: 'x', ttlMs: 10_000 } }
  const { wall } = node.clock.now()
  await cache.keep(call, 'old', wall)
  await cache.keep(call, 'new', wall + 5_000)
  await node.clock.advance(12_000)
  expect(await cache.find(call, wall + 12_000)).toEqual({ output: 'new' })
  await node.clock.advance(60_000)
  expect(await rows()).toEqual([0, 0])
})
