/** Kinds of step beside tasks: what decides, calls, waits for others, or runs a workflow of its own. */
import type { Handler } from '@holdfast/agent-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const ROUTE = `
name: route
steps:
  weigh: { type: task, capability: weigh }
  how:
    type: choice
    cases:
      - { when: steps.weigh.output.kg > 100, to: crane }
      - { when: steps.weigh.output.kg > 10, to: forklift }
    otherwise: hand
  crane: { type: task, capability: lift, retry: none, fallback: forklift-twice }
  forklift: { type: task, capability: lift }
  hand: { type: task, capability: lift }
  forklift-twice: { type: task, capability: lift }
  store: { type: task, capability: lift }
links:
  - { from: weigh, to: how }
  - { from: crane, to: store }
  - { from: forklift, to: store }
  - { from: hand, to: store }
  - { from: forklift-twice, to: store }
`

const CONVOY = `
name: convoy
steps:
  load: { type: task, capability: lift }
  meet: { type: sync, barrier: "'gate-' + string(input.gate)", parties: 2, timeoutMs: 5m }
  leave: { type: task, capability: lift }
links:
  - { from: load, to: meet }
  - { from: meet, to: leave }
output: { met: steps.meet.output }
`
const LATE = `
name: late
steps:
  meet: { type: sync, barrier: "'nobody'", parties: 2, timeoutMs: 200ms, onTimeout: proceed }
output: { met: steps.meet.output }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'route.yaml': ROUTE, 'convoy.yaml': CONVOY, 'late.yaml': LATE })
  const weigh: Handler = ({ input }) => input
  const lift: Handler = ({ step }) => {
    if (step === 'crane') throw new Error('the crane is broken')
    return step
  }
  await lone.gateway.hire('robot-1', { weigh, lift })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const run = async (kg: number) => {
  const id = await api().start({ facility: 'harbour', definition: 'route', key: `${kg}`, input: { kg } })
  const { status, steps } = await ended(api(), id)
  return [status, ...steps.filter((step) => step.status === 'succeeded').map((step) => step.id)]
}

test('DEF-9 a choice takes the first of its cases that holds', async () => {
  expect(await run(50)).toEqual(['completed', 'weigh', 'how', 'forklift', 'store'])
  expect(await run(5)).toEqual(['completed', 'weigh', 'how', 'hand', 'store'])
})

test('RES-4 DEF-9 a fallback takes over what failed for good', async () => {
  expect(await run(500)).toEqual(['completed', 'weigh', 'how', 'forklift-twice', 'store'])
})

test('COO-7 DEF-9 workflows meet at a barrier, also when their gateway was killed in between', async () => {
  const start = (key: string, gate: string) => api().start({ facility: 'harbour', definition: 'convoy', key, input: { gate } })
  const first = await start('first', '1')
  const other = await start('other', '2')
  const waiting = async (id: string): Promise<boolean> => (await api().get(id)).explain.includes('at the barrier “gate-')
  await until('both to be at their barriers', async () => (await waiting(first)) && (await waiting(other)))
  await lone.gateway.kill()
  await lone.gateway.restart()
  const second = await start('second', '1')
  const met = { complete: true, arrived: 2 }
  expect(await ended(api(), first)).toMatchObject({ status: 'completed', output: { met } })
  expect(await ended(api(), second)).toMatchObject({ status: 'completed', output: { met } })
  expect((await api().get(other)).status).toBe('active.synchronizing')
})

test('COO-7 who waits at a barrier in vain goes on alone, if the definition says so', async () => {
  const id = await api().start({ facility: 'harbour', definition: 'late', key: 'late' })
  expect(await ended(api(), id)).toMatchObject({ status: 'completed', output: { met: { complete: false } } })
})
