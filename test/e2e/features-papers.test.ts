/** Plans and catalogues, edited in the cloud and at a facility while they are cut off from each other. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type Api, member } from '../support/api.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
  await site.member('harbour').gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
})
afterAll(() => site.stop())

const floor = (): Api => site.member('harbour').gateway.api
const cut = (): void => site.member('harbour').proxy.set('cut')
const heal = (): void => site.member('harbour').proxy.set('open')
const item = (startAt: number) => ({ facility: 'harbour', definition: 'errand', startAt, endAt: startAt + 100 })

const ok = async (answer: Promise<Answer>): Promise<unknown> => {
  const { status, body } = await answer
  expect([status, status < 300 ? '' : body]).toEqual([expect.any(Number), ''])
  return body
}
const look = (api: Api, path: string): Promise<unknown> => ok(api.ask('GET', path))
const make = async (key: string): Promise<string> => {
  const body = { facility: 'harbour', key, title: 'Monday', items: { first: item(0), second: item(500) }, message: 'for the week' }
  const id = String(member(await ok(site.cloud.ask('POST', '/plans', body)), 'id'))
  await until('the facility to have it', async () => (await floor().ask('GET', `/plans/${id}`)).status === 200)
  return id
}
const same = (path: string): Promise<unknown> =>
  until('both to show the same', async () => {
    const [here, there] = await Promise.all([floor(), site.cloud].map((api) => look(api, path)))
    return JSON.stringify(here) === JSON.stringify(there) ? here : undefined
  })

test('SYN-9 a plan made in the cloud is edited at both ends while cut off: other members merge, one member has a winner and both are told', async () => {
  const id = await make('week-1')
  cut()
  await ok(
    site.cloud.ask('PATCH', `/plans/${id}`, { patch: { items: { first: { startAt: 10 }, third: item(900) } }, message: 'from above' }),
  )
  await ok(floor().ask('PATCH', `/plans/${id}`, { patch: { items: { first: { startAt: 20 }, second: null } }, message: 'dock is taken' }))
  expect(await look(floor(), `/plans/${id}`)).toMatchObject({ plan: { items: { first: { startAt: 20 } } }, conflicts: [] })
  heal()
  await until('them to meet', async () => JSON.stringify(await look(site.cloud, `/plans/${id}`)).includes('facility-first'))
  const met = await same(`/plans/${id}`)
  expect(met).toMatchObject({
    plan: { items: { first: { startAt: 20 }, third: { startAt: 900 } } },
    conflicts: [{ path: 'items.first.startAt', rule: 'facility-first', stands: 20 }],
  })
  expect(JSON.stringify(met)).not.toContain('"second"')
  expect(JSON.stringify(met)).toContain('shift-lead wrote 20')
  const items = member(await same('/plans'), 'items')
  expect(items).toEqual([expect.objectContaining({ id, title: 'Monday', conflicts: 1, changes: 3 })])
})

test('SYN-9 who, when and why stays with a plan; any version is shown, and what differs between two', async () => {
  const id = await make('week-2')
  const first = member(await look(floor(), `/plans/${id}`), 'version')
  await ok(floor().ask('PATCH', `/plans/${id}`, { patch: { state: 'agreed', notes: 'as talked over' }, message: 'agreed with the crew' }))
  const history = member(await same(`/plans/${id}/history`), 'items')
  expect(history).toMatchObject([
    { by: 'operator', message: 'for the week', isFacilitys: false },
    { by: 'shift-lead', message: 'agreed with the crew', isFacilitys: true },
  ])
  expect(await look(site.cloud, `/plans/${id}?version=${first}`)).toMatchObject({ version: first, plan: { state: 'draft', notes: '' } })
  expect(member(await look(site.cloud, `/plans/${id}/diff?from=${first}`), 'items')).toEqual([
    { path: 'notes', before: '', after: 'as talked over' },
    { path: 'state', before: 'draft', after: 'agreed' },
  ])
  // An edit on what its author had seen merges with what came since; one under If-Match does not.
  await ok(site.cloud.ask('PATCH', `/plans/${id}`, { patch: { title: 'Tuesday' }, message: 'moved', base: first }))
  const stale = await site.cloud.ask('PATCH', `/plans/${id}`, { patch: { title: 'No' }, message: 'late' }, { 'If-Match': `"${first}"` })
  expect(stale.status).toBe(412)
  expect(await same(`/plans/${id}`)).toMatchObject({ plan: { title: 'Tuesday', state: 'agreed' }, conflicts: [] })
})

test('SYN-9 DEF-6 a definition published into the catalogue in the cloud during an outage can be started at the facility after it', async () => {
  cut()
  const definition = {
    name: 'greeting',
    version: 1,
    steps: { go: { type: 'task', capability: 'go' } },
    output: { went: 'steps.go.output' },
  }
  const body = { draft: { definition }, message: 'new work' }
  expect((await site.cloud.ask('POST', '/catalogues/harbour/definitions', body)).status).toBe(201)
  expect((await floor().ask('GET', '/definitions/greeting')).status).toBe(404)
  heal()
  await until('the facility to know it', async () => (await floor().ask('GET', '/definitions/greeting')).status === 200)
  const id = await floor().start({ facility: 'harbour', definition: 'greeting', key: 'hello', input: {} })
  expect((await ended(floor(), id)).output).toEqual({ went: 'there' })
  expect(member(await same('/catalogues/harbour/history'), 'items')).toMatchObject([{ by: 'operator', message: 'new work' }])
  await site.member('harbour').gateway.kill()
  await site.member('harbour').gateway.restart()
  expect((await floor().ask('GET', '/definitions/greeting')).status).toBe(200)
})

test.each([
  ['POST', '/plans', { facility: 'harbour', key: 'week-9', title: '', message: 'x' }, 422],
  ['POST', '/plans', { facility: 'nowhere', key: 'week-9', title: 'x', message: 'x', owner: 'me' }, 422],
  ['PATCH', '/plans/p_00000000000000000000000000000000', { patch: { title: 'x' }, message: 'x' }, 404],
  ['PATCH', '/catalogues/harbour', { patch: { rules: 7 }, message: 'x' }, 422],
  ['PATCH', '/catalogues/harbour', { patch: { definitions: { short: '{}' } }, message: 'x' }, 422],
  ['GET', '/catalogues/nowhere', undefined, 404],
] as const)('GOV-4 %s %s with what does not fit is refused and changes nothing', async (method, path, body, status) => {
  const before = await look(floor(), '/plans')
  expect((await floor().ask(method, path, body)).status).toBe(status)
  expect(await look(floor(), '/plans')).toEqual(before)
})

test('SYN-9 a plan of a key that is taken is refused', async () => {
  await make('week-3')
  const again = await floor().ask('POST', '/plans', { facility: 'harbour', key: 'week-3', title: 'Other', message: 'x' })
  expect([again.status, member(again.body, 'type')]).toEqual([422, 'urn:holdfast:problem:key-reused'])
})
