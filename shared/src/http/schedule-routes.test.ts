import { expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'

const PATH = '/api/v1/schedules'
const NIGHTLY = { id: 'nightly', facility: 'harbour-a', definition: 'picking', timing: { cron: '30 2 * * *', timeZone: 'Europe/Berlin' } }

test('DEF-10 a schedule is created, shown with its next runs, paused, resumed, removed', async () => {
  const { ask } = toyApi()
  const made = await ask('POST', PATH, NIGHTLY)
  expect([made.status, made.headers.get('location')]).toEqual([201, `${PATH}/nightly`])
  const next = ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'].map(Date.parse)
  expect(await made.json()).toMatchObject({ id: 'nightly', missed: 'skip', priority: 'normal', paused: false, by: 'paula', next })
  expect((await ask('POST', PATH, NIGHTLY)).headers.get('idempotent-replay')).toBe('true')
  expect(await (await ask('POST', `${PATH}/nightly/pause`)).json()).toMatchObject({ paused: true, next: [] })
  expect(await (await ask('POST', `${PATH}/nightly/resume`)).json()).toMatchObject({ paused: false, next })
  expect((await (await ask('GET', PATH)).json()).items).toHaveLength(1)
  expect((await ask('DELETE', `${PATH}/nightly`)).status).toBe(200)
  expect((await ask('GET', `${PATH}/nightly`)).status).toBe(404)
})

test('DEF-10 an interval and a moment, as people write them', async () => {
  const { ask } = toyApi()
  const timing = async (id: string, given: object) => (await (await ask('POST', PATH, { ...NIGHTLY, id, timing: given })).json()).timing
  expect(await timing('a', { every: '15m' })).toEqual({ kind: 'interval', everyMs: 900_000, from: 0 })
  expect(await timing('b', { every: 5_000, from: '2026-03-29T02:30:00+01:00' })).toMatchObject({ from: Date.parse('2026-03-29T01:30Z') })
  expect(await timing('c', { at: '2026-04-01T00:00:00Z' })).toEqual({ kind: 'once', at: Date.parse('2026-04-01') })
})

test.each([
  { timing: {} },
  { timing: { every: '15 fortnights' } },
  { timing: { at: '2026-04-01T00:00:00' } },
  { timing: { at: '2026-04-01T00:00:00Z', every: '1h' } },
  { timing: { cron: '* * * * *' } },
  { missed: 'some' },
  { id: '../x' },
])('GOV-4 DEF-10 %j is refused', async (change) => {
  const { ask } = toyApi()
  expect((await ask('POST', PATH, { ...NIGHTLY, ...change })).status).toBe(422)
})

test('GOV-2 another facility has no schedules for this caller; who only looks changes none', async () => {
  const { ask } = toyApi()
  await ask('POST', PATH, NIGHTLY)
  const stranger = { Authorization: 'Bearer planner-b' }
  expect((await ask('POST', PATH, NIGHTLY, stranger)).status).toBe(404)
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/pause'],
  ] as const)
    expect((await ask(method, `${PATH}/nightly${path}`, undefined, stranger)).status).toBe(404)
  expect((await (await ask('GET', PATH, undefined, stranger)).json()).items).toEqual([])
  const viewer = { Authorization: 'Bearer viewer-a' }
  expect((await ask('POST', `${PATH}/nightly/pause`, undefined, viewer)).status).toBe(403)
  expect((await ask('DELETE', `${PATH}/nightly`, undefined, { Authorization: 'Bearer operator-a' })).status).toBe(403)
})
