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

/** Where it stood right after each event of that type, read from its log. */
const statusesAfter = async (id: string, type: string): Promise<readonly string[]> => {
  const positions = (await api().history(id)).filter((entry) => entry.type === type).map(({ position }) => position)
  return Promise.all(positions.map(async (position) => (await api().get(`${id}?position=${position}`)).status))
}

/** A skill whose every task waits to be told its end. */
const held = () => {
  const begun: { readonly finish: (output: Json) => void; readonly fail: (failure: TaskFailure) => void }[] = []
  const skill: Handler = (_, { signal }) =>
    new Promise((finish, fail) => {
      begun.push({ finish, fail })
      signal.addEventListener('abort', () => fail(signal.reason))
    })
  const next = () => until('a task to be begun', () => begun.shift())
  return { skill, next }
}

const load = held()
const drive = held()
const unload = held()
const cut = held()

test('SM-1 every status that lasts is told by the API as long as it lasts', async () => {
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
})

test('SM-1 what passes in an instant is read from the log', async () => {
  const id = await start('life', 'happy')
  await call(id)
  ;(await load.next()).finish({ loaded: true })
  ;(await drive.next()).finish(null)
  await reaches(id, 'completed')
  expect(await statusesAfter(id, 'created')).toEqual(['pending'])
  expect(await statusesAfter(id, 'started')).toEqual(['active.initializing'])
  expect(await statusesAfter(id, 'offered')).toEqual(Array(2).fill('active.executing.step_preparation'))
  expect(await statusesAfter(id, 'running')).toEqual([
    'active.synchronizing',
    'active.executing.step_execution',
    'active.executing.step_execution',
  ])
  expect(await statusesAfter(id, 'validating')).toEqual(['active.executing.step_validation'])
  expect(await statusesAfter(id, 'completed')).toEqual(['completed'])
})

test('SM-1 a cancel before anything was done goes by clean-up to its end', async () => {
  const id = await start('life', 'called-off')
  await api().ask('DELETE', `/workflows/${id}`, { reason: 'called off' })
  await reaches(id, 'cancelled')
  expect(await statusesAfter(id, 'turned-back')).toEqual(['active.executing.step_cleanup'])
})

/** Tries a decision that must be refused, and sees that nothing came of it. */
const refused = async (id: string, decide: (etag: string) => Promise<Answer>): Promise<Refused> => {
  const look = () => api().ask('GET', `/workflows/${id}`)
  const before = await look()
  const answer = await decide(before.headers.get('etag') ?? '')
  const after = await look()
  expect(after.headers.get('etag')).toMatch(/^".+"$/)
  expect([after.headers.get('etag'), member(after.body, 'status')]).toEqual([before.headers.get('etag'), member(before.body, 'status')])
  return { status: answer.status, problem: member(answer.body, 'type'), detail: member(answer.body, 'detail') }
}

interface Refused {
  readonly status: number
  readonly problem: unknown
  readonly detail: unknown
}

const illegal = (status: string, decision: string, instead: RegExp): Refused => ({
  status: 409,
  problem: 'urn:holdfast:problem:illegal-transition',
  detail: expect.stringMatching(new RegExp(`^A workflow that is ${status} does not take ${decision}\\. ${instead.source}`)),
})
const cancel = (id: string): Promise<Answer> => api().ask('DELETE', `/workflows/${id}`, { reason: 'for this test' })
const urge = (id: string, etag: string): Promise<Answer> =>
  api().ask('PUT', `/workflows/${id}`, { priority: 'critical' }, { 'If-Match': etag })

describe('decisions that are refused', () => {
  test('SM-2 each is told why and what would be taken instead, and changes nothing; the alternative is then taken', async () => {
    const id = await start('life', 'refusals')
    const resumed = await refused(id, () => post(id, 'resume'))
    expect(resumed).toEqual(illegal('active', 'resume', /It would take: pause, cancel, terminate, set-priority, .*rollback, /))
    expect((await post(id, 'pause')).status).toBe(200)
    const paused = await refused(id, () => post(id, 'pause'))
    expect(paused).toEqual(illegal('paused', 'pause', /It would take: resume, cancel, terminate, set-priority, .*rollback, /))
    expect((await post(id, 'resume')).status).toBe(200)
    expect((await api().get(id)).status).toBe('active.synchronizing')
  })

  test.each([
    ['completed', /It would take: .*undo/],
    ['failed', /It would take: rollback, restore, retry/],
    ['cancelled', /It would take: resolve, discard\./],
  ] as const)('SM-2 a workflow that is %s takes none of these, and says what it would take instead', async (end, instead) => {
    const id = await start('life', `ended-${end}`)
    if (end === 'cancelled') await cancel(id)
    else await call(id)
    if (end !== 'cancelled') (await load.next()).finish({ loaded: true })
    if (end === 'completed') (await drive.next()).finish(null)
    if (end === 'failed') (await drive.next()).fail(new TaskFailure('flat-tyre', 'a tyre is flat'))
    if (end === 'failed') (await unload.next()).finish(null)
    expect((await ended(api(), id)).status).toBe(end)
    const why = (decision: string) => illegal(end, decision, instead)
    expect(await refused(id, () => post(id, 'pause'))).toEqual(why('pause'))
    expect(await refused(id, () => post(id, 'resume'))).toEqual(why('resume'))
    expect(await refused(id, () => cancel(id))).toEqual(why('cancel'))
    expect(await refused(id, (etag) => urge(id, etag))).toEqual(why('set-priority'))
  })

  test('SM-2 what is going back already takes no cancel and no pause', async () => {
    const id = await start('life', 'going-back')
    await call(id)
    ;(await load.next()).finish({ loaded: true })
    ;(await drive.next()).fail(new TaskFailure('flat-tyre', 'a tyre is flat'))
    const unloading = await unload.next()
    await reaches(id, 'active.executing.step_cleanup')
    const already = { status: 409, problem: 'urn:holdfast:problem:already-ending', detail: 'It is already going back and will end failed.' }
    await until('the undoing to be accepted', async () => (await statusesAfter(id, 'running')).length === 4)
    expect(await refused(id, () => cancel(id))).toEqual(already)
    expect(await refused(id, () => post(id, 'pause'))).toEqual(already)
    unloading.finish(null)
    expect((await ended(api(), id)).status).toBe('failed')
  })

  test('SM-2 beyond its point of no return it takes no cancel, and is completed', async () => {
    const id = await start('point', 'no-return')
    const cutting = await cut.next()
    await reaches(id, 'active.executing.step_execution')
    expect(await refused(id, () => cancel(id))).toEqual({
      status: 409,
      problem: 'urn:holdfast:problem:past-point-of-no-return',
      detail: "cut has begun; from there on it can't be cancelled.",
    })
    cutting.finish(null)
    expect((await ended(api(), id)).status).toBe('completed')
  })
})
