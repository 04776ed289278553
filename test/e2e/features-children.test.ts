/** Workflows that run workflows, and wait for others: on a real gateway that is killed on the way. */
import type { Handler } from '@holdfast/agent-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

const PACKING = `
name: packing
steps:
  pack: { type: task, capability: pack, input: { item: input.item }, compensate: unpack, timeoutMs: 60s }
compensations:
  unpack: { type: task, capability: unpack, input: { boxes: output.boxes } }
output: { boxes: steps.pack.output.boxes }
`
const ORDER = `
name: order
steps:
  goods: { type: workflow, definition: packing, input: { item: input.item } }
  ship: { type: task, capability: ship, input: { boxes: steps.goods.output.boxes, item: input.item }, retry: none }
links:
  - { from: goods, to: ship }
output: { boxes: steps.goods.output.boxes }
`
const FOLLOWER = `
name: follower
steps:
  order: { type: wait, on: { kind: workflow, facility: "'harbour'", key: input.order } }
  tell: { type: task, capability: ship, input: { what: steps.order.output } }
links:
  - { from: order, to: tell }
output: { told: steps.order.output }
`

let lone: Lone
let release: () => void = () => {}
const packed: string[] = []
const unpacked: unknown[] = []

const hold: Handler = ({ input }, { signal }) =>
  new Promise((resolve, reject) => {
    packed.push(JSON.stringify(input))
    release = () => resolve({ boxes: 2 })
    signal.addEventListener('abort', () => reject(signal.reason))
  })
const unpack: Handler = ({ input }) => {
  unpacked.push(input)
  return null
}
const ship: Handler = ({ input }) => {
  if (JSON.stringify(input).includes('fragile')) throw new Error('dropped')
  return null
}

beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'packing.yaml': PACKING, 'order.yaml': ORDER, 'follower.yaml': FOLLOWER })
  await lone.gateway.hire('robot-1', { pack: hold, unpack, ship })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: object) => api().start({ facility: 'harbour', definition, key, input })
/** The child, once its only step is in the agent's hands. */
const childAtWork = (order: string, count: number): Promise<string> =>
  until('the child to be at work', async () => {
    const { steps } = await api().get(order)
    return packed.length === count ? steps[0]?.child : undefined
  })

test('DEF-10 PER-3 a step runs a workflow, through a kill of its gateway, and goes on with its output', async () => {
  const order = await start('order', 'a', { item: 'lamp' })
  const child = await childAtWork(order, 1)
  expect(await api().get(child)).toMatchObject({ parent: { workflow: order, step: 0 }, input: { item: 'lamp' }, facility: 'harbour' })
  expect((await api().get(order)).explain).toContain('waits for the workflow it started')
  await lone.gateway.kill()
  await lone.gateway.restart()
  release()
  expect(await ended(api(), order)).toMatchObject({ status: 'completed', output: { boxes: 2 } })
  expect((await api().list('&definition=packing')).length).toBe(1)
  expect(packed).toEqual(['{"item":"lamp"}'])
})

test('SM-5 DEF-10 pausing, resuming and cancelling a parent reach its child', async () => {
  const order = await start('order', 'b', { item: 'vase' })
  const child = await childAtWork(order, 2)
  const statusOf = async (wanted: RegExp): Promise<boolean> => wanted.test((await api().get(child)).status)
  await api().ask('POST', `/workflows/${order}/pause`)
  await until('the child to be paused', () => statusOf(/^paused$/))
  await api().ask('POST', `/workflows/${order}/resume`)
  await until('the child to go on', () => statusOf(/^active/))
  await api().ask('DELETE', `/workflows/${order}`, { reason: 'the customer left' })
  expect(await ended(api(), child)).toMatchObject({ status: 'cancelled', error: { message: 'the customer left' } })
  expect((await ended(api(), order)).status).toBe('cancelled')
})

test('RES-3 DEF-10 a child that had completed is undone when its parent goes back', async () => {
  const order = await start('order', 'c', { item: 'fragile' })
  const child = await childAtWork(order, 3)
  release()
  const done = await ended(api(), order)
  expect([done.status, done.steps[0]?.status]).toEqual(['failed', 'compensated'])
  expect(unpacked).toEqual([{ boxes: 2 }])
  expect((await api().history(child)).map(({ type }) => type)).toContain('reopened')
  expect((await api().get(child)).status).toBe('cancelled')
})

test('SM-5 DEF-3 a workflow waits for the end of another one, and takes over its output', async () => {
  const follower = await start('follower', 'f', { order: 'a' })
  expect(await ended(api(), follower)).toMatchObject({ status: 'completed', output: { told: { boxes: 2 } } })
  const sorry = await start('follower', 'g', { order: 'b' })
  expect(await ended(api(), sorry)).toMatchObject({ status: 'failed', error: { code: 'dependency-failed' } })
})

test('SM-5 a workflow waits for the end of one at another facility; past the home goes the fact alone', async () => {
  const site: Site = await openSite(['harbour', 'quay'])
  try {
    const harbour = site.member('harbour').gateway
    const quay = site.member('quay').gateway
    await harbour.hire('robot-1', { pack: () => ({ boxes: 1 }), ship })
    await quay.hire('robot-1', { ship })
    for (const text of [PACKING, FOLLOWER]) {
      for (const node of [site.cloud, harbour.api, quay.api]) await node.ask('POST', '/definitions', { text, format: 'yaml' })
    }
    const follower = await site.cloud.start({ facility: 'quay', definition: 'follower', key: 'f', input: { order: 'far' } })
    await site.cloud.start({ facility: 'harbour', definition: 'packing', key: 'far', input: { item: 'x' } })
    expect(await ended(site.cloud, follower)).toMatchObject({ status: 'completed', output: { told: null } })
  } finally {
    await site.stop()
  }
})
