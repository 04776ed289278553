/** Versions of a definition, guards, and moving a workflow under way from one to the next; through the API of a real gateway. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const ROUND_1 = `
name: round
version: 1
steps:
  call: { type: wait, on: { kind: signal, signal: called } }
  go: { type: task, capability: go }
links: [{ from: call, to: go }]
guards:
  - { on: create, require: input.weight < 50, reason: Nothing over 50 kg. }
  - { on: pause, require: by != "shift-lead", reason: The shift lead does not pause. }
`
/** One more step, in another order, the last by another name. */
const ROUND_2 = `
name: round
version: 2
steps:
  walk: { type: task, capability: go }
  check: { type: task, capability: check }
  call: { type: wait, on: { kind: signal, signal: called } }
links: [{ from: call, to: check }, { from: check, to: walk }]
`
const ROUND_3 = `
name: round
version: 3
steps:
  go: { type: task, capability: go }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'round-1.yaml': ROUND_1, 'round-2.yaml': ROUND_2, 'round-3.yaml': ROUND_3 })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const post = (id: string, verb: string, body: object = {}): Promise<Answer> => api().ask('POST', `/workflows/${id}/${verb}`, body)
const startBody = (key: string, weight = 3) => ({ facility: 'harbour', definition: 'round', version: 1, key, input: { weight } })
const start = async (key: string): Promise<string> => {
  const { status, body } = await api().ask('POST', '/workflows', startBody(key))
  expect(status).toBe(201)
  return String(member(member(body, 'workflow'), 'id'))
}

test('DEF-5 a workflow keeps its version until it is moved; what would be lost is a reason against it, and nothing has changed', async () => {
  const id = await start('moved')
  await until('it to wait for its call', async () => (await api().get(id)).status === 'active.synchronizing')
  const lost = await post(id, 'migrate', { version: 3 })
  expect([lost.status, member(lost.body, 'type')]).toEqual([422, 'urn:holdfast:problem:cannot-migrate'])
  expect(JSON.stringify(lost.body)).toContain('call is running and has no place')
  expect((await post(id, 'migrate', { version: 9 })).status).toBe(422)
  expect((await post(id, 'migrate', { mapping: { call: 3 } })).status).toBe(422)
  expect((await api().get(id)).definition.version).toBe(1)
  expect((await post(id, 'migrate', { version: 2, mapping: { go: 'walk' } })).status).toBe(200)
  expect((await api().get(id)).definition.version).toBe(2)
  await lone.gateway.hire('robot-1', { go: async () => 'walked', check: async () => 'checked' })
  await post(id, 'signal', { name: 'called', id: 's' })
  const { status, steps } = await ended(api(), id)
  expect(status).toBe('completed')
  expect(steps.map((step) => [step.id, step.output])).toEqual([
    ['walk', 'walked'],
    ['check', 'checked'],
    ['call', undefined],
  ])
  expect((await api().history(id)).map(({ text }) => text)).toContain('It goes on under version 2 of its definition.')
})

test('SM-4 a guard refuses what it does not want, with its reason', async () => {
  const heavy = await api().ask('POST', '/workflows', startBody('heavy', 60))
  expect([heavy.status, member(heavy.body, 'type')]).toEqual([422, 'urn:holdfast:problem:guarded'])
  expect(JSON.stringify(heavy.body)).toContain('Nothing over 50 kg.')
  expect((await api().list()).map(({ key }) => key)).not.toContain('heavy')
  const id = await start('light')
  const paused = await post(id, 'pause')
  expect(JSON.stringify(paused.body)).toContain('The shift lead does not pause.')
  expect((await api().get(id)).status).not.toBe('paused')
})
