import { expect, test } from 'vitest'
import { type ToyApi, toyApi } from './toy-api.ts'

const post = (toy: ToyApi, workflow: string, verb: string, body: object, token = 'planner-a') =>
  toy.ask('POST', `/api/v1/workflows/${workflow}/${verb}`, body, { Authorization: `Bearer ${token}` })

const DECISIONS: readonly (readonly [verb: string, body: object])[] = [
  ['rollback', { to: 'pick', reason: 'wrong crate' }],
  ['rollback', { steps: 2, reason: 'wrong crate' }],
  ['retry', { reason: 'the dock is free' }],
  ['retry', { reason: 'the dock is free', step: 'pick/2' }],
  ['recover', { strategy: 'retry', reason: 'x' }],
  ['recover', { strategy: 'rollback', steps: 1, reason: 'x' }],
  ['recover', { strategy: 'restore', checkpoint: 'before the lift', reason: 'x' }],
  ['recover', { strategy: 'manual', queue: 'leads', reason: 'x' }],
  ['checkpoint', { name: 'before the lift' }],
  ['approve', { step: 'pick', approved: true }],
  ['review', { step: 'pick', answer: 'continue', output: null, comment: 'by hand' }],
  ['discard', { step: 'pick', reason: 'never again' }],
  ['terminate', { reason: 'fire alarm' }],
]

test.each(DECISIONS)('API-2 %s %j is a decision, and stands in the history under the name of its author', async (verb, body) => {
  const toy = toyApi()
  const workflow = await toy.start('order-1')
  const answer = await post(toy, workflow, verb, body)
  expect([answer.status, (await answer.json()).outcome]).toEqual([200, 'decided'])
  const history = await (await toy.ask('GET', `/api/v1/workflows/${workflow}/history`)).json()
  expect(history.items.at(-1)).toMatchObject({ by: 'paula', type: verb })
})

test.each<readonly [verb: string, body: object]>([
  ['rollback', { reason: 'x' }],
  ['rollback', { to: 'pick', steps: 1, reason: 'x' }],
  ['rollback', { to: 'pick' }],
  ['recover', { strategy: 'rollback', reason: 'x' }],
  ['recover', { strategy: 'manual', reason: 'x' }],
  ['recover', { strategy: 'pray', reason: 'x' }],
  ['review', { step: 'pick', answer: 'maybe' }],
  ['review', { step: '../pick', answer: 'fail' }],
  ['approve', { step: 'pick' }],
  ['checkpoint', { name: 'a\nb' }],
  ['terminate', { reason: '' }],
])('API-2 GOV-4 %s %j does not fit, and changes nothing', async (verb, body) => {
  const toy = toyApi()
  const workflow = await toy.start('order-1')
  const before = JSON.stringify([...toy.node.workflows])
  const answer = await post(toy, workflow, verb, body)
  expect([answer.status, (await answer.json()).type]).toEqual([422, 'urn:holdfast:problem:invalid-request'])
  expect(JSON.stringify([...toy.node.workflows])).toBe(before)
})

test('API-2 GOV-2 who may do what: operators answer what workflows ask and keep checkpoints, planners lead them back', async () => {
  const toy = toyApi()
  const workflow = await toy.start('order-1')
  const may = async (token: string): Promise<readonly string[]> => {
    const allowed: string[] = []
    for (const [verb, body] of DECISIONS) if ((await post(toy, workflow, verb, body, token)).status === 200) allowed.push(verb)
    return [...new Set(allowed)]
  }
  expect(await may('viewer-a')).toEqual([])
  expect(await may('operator-a')).toEqual(['checkpoint', 'approve', 'review'])
  expect(await may('planner-a')).toEqual([...new Set(DECISIONS.map(([verb]) => verb))])
  for (const [verb, body] of DECISIONS) expect((await post(toy, workflow, verb, body, 'planner-b')).status).toBe(404)
})

test('PER-4 API-2 checkpoints are listed; one that is not there is not found', async () => {
  const toy = toyApi()
  const workflow = await toy.start('order-1')
  await post(toy, workflow, 'checkpoint', { name: 'before the lift' })
  const listed = await (await toy.ask('GET', `/api/v1/workflows/${workflow}/checkpoints`)).json()
  expect(listed.items).toMatchObject([{ name: 'before the lift' }])
  expect((await toy.ask('GET', `/api/v1/workflows/${workflow}/checkpoints/7`)).status).toBe(404)
})
