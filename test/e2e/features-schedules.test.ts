/** Schedules of a gateway that is killed while they run. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

let lone: Lone
beforeAll(async () => {
  lone = await openLoneGateway()
  await lone.gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
})
afterAll(() => lone.stop())

const RUN = { facility: 'harbour', definition: 'errand', input: { n: 1 } }

const duesOf = async (id: string): Promise<readonly number[]> => {
  const workflows = await lone.gateway.api.list()
  return workflows.filter(({ key }) => key.startsWith(`schedule.${id}.`)).map(({ key }) => Number(key.split('.').at(-1)))
}

test('DEF-10 an interval runs through a kill: every moment once, none left out', async () => {
  const { gateway } = lone
  const created = await gateway.api.ask('POST', '/schedules', { ...RUN, id: 'tick', timing: { every: '1s' }, missed: 'all' })
  expect(created.status).toBe(201)
  await until('two runs', async () => (await duesOf('tick')).length >= 2)
  await gateway.kill()
  await sleep(1_500)
  await gateway.restart()
  const before = (await duesOf('tick')).length
  await until('two more runs', async () => (await duesOf('tick')).length >= before + 2)
  expect((await gateway.api.ask('POST', '/schedules/tick/pause')).status).toBe(200)
  const dues = (await duesOf('tick')).toSorted((a, b) => a - b)
  const first = dues[0] ?? 0
  expect(dues).toEqual(dues.map((_, index) => first + index * 1_000))
  expect(dues.every((due) => due % 1_000 === 0)).toBe(true)
  await gateway.api.ask('DELETE', '/schedules/tick')
  expect((await gateway.api.ask('GET', '/schedules/tick')).status).toBe(404)
})

test('DEF-10 a one-off runs once and is over; what can never run is refused', async () => {
  const { api } = lone.gateway
  const soon = Date.now() + 3_000
  expect((await api.ask('POST', '/schedules', { ...RUN, id: 'soon', timing: { at: soon } })).status).toBe(201)
  const shown = async () => (await api.ask('GET', '/schedules/soon')).body
  await until('its run', async () => member(await shown(), 'lastRun') !== undefined)
  expect(await shown()).toMatchObject({ next: [], lastRun: { due: soon } })
  expect(await duesOf('soon')).toEqual([soon])
  const refused = await api.ask('POST', '/schedules', { ...RUN, id: 'never', timing: { cron: '0 0 31 2 *', timeZone: 'UTC' } })
  expect([refused.status, member(refused.body, 'type')]).toEqual([422, 'urn:holdfast:problem:bad-timing'])
  const past = await api.ask('POST', '/schedules', { ...RUN, id: 'past', timing: { at: 1_000 } })
  expect([past.status, member(past.body, 'type')]).toEqual([422, 'urn:holdfast:problem:bad-timing'])
  const misfit = await api.ask('POST', '/schedules', { ...RUN, id: 'misfit', input: { n: 'one' }, timing: { every: '1h' } })
  expect([misfit.status, member(misfit.body, 'type')]).toEqual([422, 'urn:holdfast:problem:invalid-input'])
})
