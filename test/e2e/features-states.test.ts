/** Where a workflow stands, as the API tells it from its first moment to its last; and decisions its state does not allow. */
import { type Handler, TaskFailure } from '@holdfast/agent-sdk'
import type { Json } from '@holdfast/shared/values'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const LIFE = `
name: life
steps:
  call: { type: wait, on: { kind: signal, signal: called } }
  load: { type: task, capability: load, validate: output.loaded == true, compensate: unload }
  drive: { type: task, capability: drive, retry: none }
links:
  - { from: call, to: load }
  - { from: load, to: drive }
compensations:
  unload: { type: task, capability: unload }
`
const POINT = `
name: point
steps:
  cut: { type: task, capability: cut }
cancel: { pointOfNoReturn: cut }
`

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway(undefined, { 'life.yaml': LIFE, 'point.yaml': POINT })
})
afterAll(() => lone.stop())

const api = () => lone.gateway.api
const start = (definition: string, key: string): Promise<string> => api().start({ facility: 'harbour', definition, key })
const post = (id: string, verb: string, body?: object): Promise<Answer> => api().ask('POST', `/workflows/${id}/${verb}`, body)
const call = (id: string): Promise<Answer> => post(id, 'signal', { name: 'called', id: 's', payload: null })

/** Asked for one workflow and found in the list under that status: the two agree. */
const reaches = async (id: string, status: string): Promise<void> => {
  await until(`${id} to be ${status}`, async () => (await api().get(id)).status === status)
  expect((await api().list(`&status=${status}`)).map((each) => each.id)).toContain(id)
}

/** Each status the log went through, repetitions left out. */
const pathOf = async (id: string): Promise<readonly string[]> => {
  const { log } = await api().get(id)
  const path: string[] = []
  for (let position = 1; position <= log.length; position += 1) {
    const { status } = await api().get(`${id}?position=${position}`)
    if (status !== path.at(-1)) path.push(status)
  }
  return path
}

/** A skill whose every task waits to be told its end. */
const held = () => {
  const begun: { readonly finish: (output: Json) => void; readonly fail: (failure: TaskFailure) => void }[] = []
  const skill: Handler = () => new Promise((finish, fail) => begun.push({ finish, fail }))
  const next = () => until('a task to be begun', () => begun.shift())
  return { skill, next }
}

const load = held()
const drive = held()
const unload = held()
const cut = held()

describe('the life of a workflow', () => {
  test('SM-1 every status it goes through is told when it is there, and again from its log', async () => {
    const id = await start('life', 'sad')
    await reaches(id, 'active.synchronizing')
    expect((await call(id)).status).toBe(200)
    await reaches(id, 'active.executing.step_preparation')
    await lone.gateway.hire('robot-1', { load: load.skill, unload: unload.skill })
    const loading = await load.next()
    await reaches(id, 'active.executing.step_execution')
    expect((await post(id, 'pause')).status).toBe(200)
    await reaches(id, 'paused')
    expect((await post(id, 'resume')).status).toBe(200)
    await reaches(id, 'active.executing.step_execution')
    loading.finish({ loaded: true })
    await reaches(id, 'active.executing.step_preparation')
    await lone.gateway.hire('robot-2', { drive: drive.skill, cut: cut.skill })
    const driving = await drive.next()
    driving.fail(new TaskFailure('flat-tyre', 'a tyre is flat'))
    const unloading = await unload.next()
    await reaches(id, 'active.executing.step_cleanup')
    unloading.finish(null)
    await reaches(id, 'failed')
    expect(await pathOf(id)).toEqual([
      'pending',
      'active.initializing',
      'active.synchronizing',
      'active.executing.step_preparation',
      'active.executing.step_execution',
      'paused',
      'active.executing.step_execution',
      'active.executing.step_validation',
      'active.initializing',
      'active.executing.step_preparation',
      'active.executing.step_execution',
      'active.executing.step_cleanup',
      'failed',
    ])
  })
})
