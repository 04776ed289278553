/** Kinds of step beside tasks: what decides, calls, waits for others, or runs a workflow of its own. */
import type { Handler } from '@holdfast/agent-sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

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

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'route.yaml': ROUTE })
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
