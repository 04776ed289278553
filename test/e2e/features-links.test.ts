/** Links between steps, as an author writes them: conditions choose the way, triggers say after what, ports carry data. */

import { TaskFailure } from '@holdfast/agent-sdk'
import type { Offer } from '@holdfast/shared/agent-protocol'
import type { WorkflowDetail } from '@holdfast/shared/http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

/** By weight, one way or the other; without a condition, always. A parcel nobody weighed has no way on. */
const SORTING = `
name: sorting
steps:
  weigh: { type: task, capability: work, input: { weight: input.weight } }
  lorry: { type: task, capability: work }
  bicycle: { type: task, capability: work }
  invoice: { type: task, capability: work }
  depart: { type: task, capability: work, join: any }
links:
  - { from: weigh, to: lorry, when: output.weight > 20 && input.country == "nl" }
  - { from: weigh, to: bicycle, when: output.weight <= 20 }
  - { from: weigh, to: invoice }
  - { from: lorry, to: depart }
  - { from: bicycle, to: depart }
`
const TRIGGERS = `
name: triggers
steps:
  check: { type: task, capability: check, input: { good: input.good }, retry: none }
  ship: { type: task, capability: work }
  repair: { type: task, capability: work }
  report: { type: task, capability: work }
links:
  - { from: check, to: ship, trigger: complete }
  - { from: check, to: repair, trigger: fail }
  - { from: check, to: report, trigger: all }
`
/** Two sources deliver into one input, one a member of its output and one the whole; a mapping adds to it; one link only triggers. */
const PORTS = `
name: ports
steps:
  weigh: { type: task, capability: work, input: { weight: "7", unit: '"kg"' } }
  label: { type: task, capability: work, input: { code: '"A1"' } }
  clock-in: { type: task, capability: work }
  pack: { type: task, capability: work, input: { order: key } }
links:
  - { from: weigh, to: pack, sourcePort: weight, targetPort: load }
  - { from: weigh, to: pack, sourcePort: colour, targetPort: colour }
  - { from: label, to: pack, targetPort: label }
  - { from: clock-in, to: pack }
`

let lone: Lone
const offers: Offer[] = []
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'sorting.yaml': SORTING, 'triggers.yaml': TRIGGERS, 'ports.yaml': PORTS })
  await lone.gateway.hire('robot-1', {
    work: (task) => {
      offers.push(task)
      return task.input
    },
    check: ({ input }) => {
      if (JSON.stringify(input) === '{"good":true}') return null
      throw new TaskFailure('broken', 'it is broken', false)
    },
  })
})
afterAll(() => lone.stop())

const run = async (definition: string, key: string, input: object): Promise<WorkflowDetail> => {
  const { api } = lone.gateway
  return ended(api, await api.start({ facility: 'harbour', definition, key, input }))
}
const statuses = (detail: WorkflowDetail): object => Object.fromEntries(detail.steps.map(({ id, status }) => [id, status]))
const linkStates = (detail: WorkflowDetail): object =>
  Object.fromEntries(detail.links.map(({ from, to, state }) => [`${from} ${to}`, state]))

test.each([
  ['a heavy parcel goes by lorry', { weight: 21, country: 'nl' }, 'lorry', 'bicycle'],
  ['a light one by bicycle', { weight: 20, country: 'nl' }, 'bicycle', 'lorry'],
])('DEF-4 conditions choose the way: %s', async (name, input, taken, other) => {
  const done = await run('sorting', name, input)
  expect(done.status).toBe('completed')
  expect(statuses(done)).toEqual({
    weigh: 'succeeded',
    [taken]: 'succeeded',
    [other]: 'skipped',
    invoice: 'succeeded',
    depart: 'succeeded',
  })
  expect(linkStates(done)).toEqual({
    [`weigh ${taken}`]: 'sent',
    [`weigh ${other}`]: 'dead',
    'weigh invoice': 'sent',
    [`${taken} depart`]: 'sent',
    [`${other} depart`]: 'dead',
  })
  expect(offers.filter(({ workflow }) => workflow === done.id).map(({ step }) => step)).not.toContain(other)
})

test('DEF-4 where no condition holds nothing follows, and what is not reached is skipped', async () => {
  const done = await run('sorting', 'abroad', { weight: 21, country: 'be' })
  expect(done.status).toBe('completed')
  expect(statuses(done)).toEqual({ weigh: 'succeeded', lorry: 'skipped', bicycle: 'skipped', invoice: 'succeeded', depart: 'skipped' })
})

test('DEF-4 a condition that can not be told fails the workflow and names itself', async () => {
  const done = await run('sorting', 'weightless', { weight: 'heavy', country: 'nl' })
  expect(done).toMatchObject({ status: 'failed', error: { code: 'expression-error' } })
  expect(done.error?.message).toContain('output.weight > 20')
  expect(offers.filter(({ workflow }) => workflow === done.id).map(({ step }) => step)).toEqual(['weigh'])
})

test.each([
  ['succeeded', true, { check: 'succeeded', ship: 'succeeded', repair: 'skipped', report: 'succeeded' }],
  ['failed', false, { check: 'failed', ship: 'skipped', repair: 'succeeded', report: 'succeeded' }],
])('DEF-4 triggers complete, fail and all, after a step that %s', async (name, good, expected) => {
  const done = await run('triggers', name, { good })
  expect(statuses(done)).toEqual(expected)
  // A failure that a link takes up is dealt with: it does not fail the workflow.
  expect(done).toMatchObject({ status: 'completed' })
})

test('DEF-4 ports carry a member of an output, or all of it, into the next input; a member that is not there arrives as null', async () => {
  const done = await run('ports', 'order-9', {})
  expect(done.steps.find(({ id }) => id === 'pack')?.input).toEqual({ load: 7, colour: null, label: { code: 'A1' }, order: 'order-9' })
  expect(offers.find(({ workflow, step }) => workflow === done.id && step === 'pack')?.input).toEqual({
    load: 7,
    colour: null,
    label: { code: 'A1' },
    order: 'order-9',
  })
})
