/** Every state a step can be in, as the API tells it: the lasting ones while they last, those of an instant from the log. */
import type { Json } from '@holdfast/shared/values'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const DEFINITIONS = {
  'holder.yaml': `
name: holder
steps:
  stay: { type: task, capability: stay, needs: [{ resource: dock }] }
`,
  'all-states.yaml': `
name: all-states
steps:
  pick: { type: task, capability: pick, needs: [{ resource: dock }], compensate: put-back }
  never: { type: task, capability: pick }
  check: { type: task, capability: check, retry: none, review: { queue: floor } }
  call: { type: wait, on: { kind: signal, signal: called } }
links:
  - { from: pick, to: never, when: 'false' }
  - { from: pick, to: check }
compensations:
  put-back: { type: task, capability: put-back }
`,
}

/** A skill whose every task waits to be told its end. */
const held = () => {
  const begun: ((output: Json) => void)[] = []
  return { skill: () => new Promise<Json>((finish) => begun.push(finish)), next: () => until('a task to be begun', () => begun.shift()) }
}

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, DEFINITIONS, { limits: { resources: { dock: 1 } } })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api

test('SM-6 a step is told in every state there is, and what it waits for', async () => {
  const [stay, pick, putBack] = [held(), held(), held()]
  const check = () => {
    throw new Error('it is scratched')
  }
  const holder = await api().start({ facility: 'harbour', definition: 'holder', key: 'h' })
  await lone.gateway.hire('robot-1', { stay: stay.skill, pick: pick.skill, 'put-back': putBack.skill }, { capacity: 2 })
  const leave = await stay.next()
  const id = await api().start({ facility: 'harbour', definition: 'all-states', key: 'a' })
  const stateOf = async (step: string) => (await api().get(id)).steps.find((each) => each.id === step)
  const reaches = (step: string, status: string) => until(`${step} to be ${status}`, async () => (await stateOf(step))?.status === status)

  await reaches('pick', 'waiting_for_resource')
  expect((await stateOf('pick'))?.waitsFor).toMatch(/^pick waits for dock/)
  expect((await stateOf('check'))?.status).toBe('pending')
  leave(null)
  await ended(api(), holder)
  const picked = await pick.next()
  await reaches('pick', 'running')
  picked('picked')
  await reaches('check', 'ready')
  expect((await stateOf('check'))?.waitsFor).toBe('check waits for an agent who can check.')
  await lone.gateway.hire('robot-2', { check })
  await reaches('check', 'validating')
  expect([(await stateOf('pick'))?.status, (await stateOf('never'))?.status]).toEqual(['succeeded', 'skipped'])
  expect((await api().ask('POST', `/workflows/${id}/review`, { step: 'check', answer: 'fail', comment: 'scrap it' })).status).toBe(200)
  const back = await putBack.next()
  await reaches('pick', 'compensating')
  back(null)
  const done = await ended(api(), id)
  expect(done.steps.map(({ id: step, status }) => `${step} ${status}`)).toEqual([
    'pick compensated',
    'never skipped',
    'check failed',
    'call cancelled',
  ])
  const offered = (await api().history(id)).find(({ type, step }) => type === 'offered' && step === 'pick')
  const then = await api().get(`${id}?position=${offered?.position}`)
  expect(then.steps[0]).toMatchObject({ status: 'offered', waitsFor: 'pick waits for robot-1 to accept it.' })
})
