/** How work flows: entries begin by themselves, what is independent runs side by side, joins wait as declared, data goes along. */
import { once } from 'node:events'
import type { Handler } from '@holdfast/agent-sdk'
import type { Offer } from '@holdfast/shared/agent-protocol'
import type { WorkflowDetail } from '@holdfast/shared/http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const PAIR = `
name: pair
steps:
  lift-left: { type: task, capability: lift }
  lift-right: { type: task, capability: lift }
`
const JOINS = `
name: joins
steps:
  one: { type: task, capability: held }
  two: { type: task, capability: held }
  three: { type: task, capability: held }
  any: { type: task, capability: work, join: any }
  both: { type: task, capability: work, join: 2 }
  all: { type: task, capability: work }
links:
  - { from: one, to: any }
  - { from: two, to: any }
  - { from: three, to: any }
  - { from: one, to: both }
  - { from: two, to: both }
  - { from: three, to: both }
  - { from: one, to: all }
  - { from: two, to: all }
  - { from: three, to: all }
`
/** Two of three needed, and only one can ever come: nobody waits for ever. */
const SHORT = `
name: short
steps:
  one: { type: task, capability: work }
  two: { type: task, capability: work }
  three: { type: task, capability: work }
  both: { type: task, capability: work, join: 2 }
links:
  - { from: one, to: both }
  - { from: two, to: both, when: "false" }
  - { from: three, to: both, when: "false" }
`
const DATA = `
name: data
steps:
  measure: { type: task, capability: echo, input: { size: "{'width': input.width, 'height': 2}" } }
  stops:
    type: map
    over: input.stops
    each: { type: task, capability: echo, input: { stop: item, number: index + 1 } }
  plan:
    type: task
    capability: echo
    input:
      area: steps.measure.output.size.width * steps.measure.output.size.height
      first: steps.stops.output[0].stop
      numbers: steps.stops.output.map(stop, stop.number)
      order: key
      note: 'input.note + "!"'
  plain: { type: task, capability: echo }
links:
  - { from: measure, to: plan }
  - { from: stops, to: plan }
  - { from: plan, to: plain }
output: { plan: steps.plan.output, count: size(steps.stops.output) }
`

let lone: Lone
const offers: Offer[] = []
beforeAll(async () => {
  const definitions = { 'pair.yaml': PAIR, 'joins.yaml': JOINS, 'short.yaml': SHORT, 'data.yaml': DATA }
  lone = await openLoneGateway(undefined, definitions)
  const echo: Handler = (task) => {
    offers.push(task)
    return task.input
  }
  await lone.gateway.hire('robot-1', { lift })
  await lone.gateway.hire('robot-2', { lift })
  await lone.gateway.hire('robot-3', { held }, { capacity: 3 })
  await lone.gateway.hire('robot-4', { echo, work: echo })
})
afterAll(() => lone.stop())

/** A load for two: neither lets go before both have hold of it, so one after the other would never end. */
const holding = new Set<string>()
let lifted: () => void = () => {}
const together = new Promise<void>((resolve) => {
  lifted = resolve
})
const lift: Handler = async ({ step }, { signal }) => {
  holding.add(step)
  if (holding.size === 2) lifted()
  await Promise.race([together, once(signal, 'abort')])
  return [...holding].sort()
}

const finish = new Map<string, () => void>()
const held: Handler = ({ step }, { signal }) =>
  new Promise((resolve, reject) => {
    finish.set(step, () => resolve(step))
    signal.addEventListener('abort', () => reject(signal.reason))
  })

const api = () => lone.gateway.api
const start = (definition: string, input: object = {}): Promise<string> =>
  api().start({ facility: 'harbour', definition, key: definition, input })
const statusOf = (detail: WorkflowDetail, step: string): string | undefined => detail.steps.find(({ id }) => id === step)?.status

test('EX-1 EX-4 steps that nothing precedes begin by themselves and at the same time, in the hands of two agents', async () => {
  const done = await ended(api(), await start('pair'))
  expect(done).toMatchObject({
    status: 'completed',
    steps: [{ output: ['lift-left', 'lift-right'] }, { output: ['lift-left', 'lift-right'] }],
  })
  const types = (await api().history(done.id)).map(({ type }) => type)
  expect(types.lastIndexOf('offered')).toBeLessThan(types.indexOf('step-succeeded'))
})

test('EX-4 EX-1 joins: any with the first, two with the second, all with the last; each once, and only then is it completed', async () => {
  const id = await start('joins')
  await until('all entries to be at work', () => finish.size === 3)
  const after = async (entry: string, follower: string): Promise<object> => {
    finish.get(entry)?.()
    const detail = await until(`${follower} to be done`, async () => {
      const seen = await api().get(id)
      return statusOf(seen, follower) === 'succeeded' ? seen : undefined
    })
    return Object.fromEntries(['any', 'both', 'all'].map((step) => [step, statusOf(detail, step)]))
  }
  expect(await after('two', 'any')).toEqual({ any: 'succeeded', both: 'pending', all: 'pending' })
  expect(await after('one', 'both')).toEqual({ any: 'succeeded', both: 'succeeded', all: 'pending' })
  expect((await api().get(id)).status).toBe('active.executing.step_execution')
  expect(await after('three', 'all')).toEqual({ any: 'succeeded', both: 'succeeded', all: 'succeeded' })
  expect(await ended(api(), id)).toMatchObject({ status: 'completed', progress: { settled: 6, total: 6 } })
  const done = offers.filter(({ workflow }) => workflow === id).map(({ step, attempt }) => `${step} ${attempt}`)
  expect(done).toEqual(['any 1', 'both 1', 'all 1'])
})

test('EX-4 EX-1 a join that can not be met any more is skipped, and the workflow is completed', async () => {
  const done = await ended(api(), await start('short'))
  expect([done.status, statusOf(done, 'both')]).toEqual(['completed', 'skipped'])
})

test("EX-5 inputs, the key and earlier outputs reach later steps' inputs as mapped, through maps too, and the workflow's output", async () => {
  const input = { width: 3, stops: ['dock', 'gate'], note: 'fragile' }
  const done = await ended(api(), await start('data', input))
  const plan = { area: 6, first: 'dock', numbers: [1, 2], order: 'data', note: 'fragile!' }
  expect(done).toMatchObject({ status: 'completed', output: { plan, count: 2 } })
  const inputs = Object.fromEntries(offers.filter(({ workflow }) => workflow === done.id).map((offer) => [offer.step, offer.input]))
  expect(inputs).toEqual({
    measure: { size: { width: 3, height: 2 } },
    'stops/0': { stop: 'dock', number: 1 },
    'stops/1': { stop: 'gate', number: 2 },
    plan,
    // Without a mapping a step sees what the workflow was given.
    plain: input,
  })
})

test('EX-5 an input that can not be made fails its step before anybody is asked to do it', async () => {
  const id = await api().start({ facility: 'harbour', definition: 'data', key: 'wrong', input: { width: 'wide', stops: [], note: '' } })
  const done = await ended(api(), id)
  expect(done).toMatchObject({ status: 'failed', error: { code: 'expression-error' } })
  expect(offers.filter(({ workflow }) => workflow === id).map(({ step }) => step)).toEqual(['measure'])
})
