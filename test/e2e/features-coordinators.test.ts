/** Several coordinators on one PostgreSQL: none is special, and any may die (API-9). */
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresPrograms } from '@holdfast/shared/testing/postgres-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Api, member, workflowOf } from '../support/api.ts'
import { openSharedSite, type SharedSite } from '../support/coordinators.ts'
import { ended } from '../support/site.ts'
import { until } from '../support/until.ts'

const isMissing = postgresPrograms() === undefined
const why = isMissing ? ' (skipped: no PostgreSQL is installed)' : ''

const body = (key: string) => ({ facility: 'harbour', definition: 'errand', key, input: { n: 1 } })

const logsAt = async (api: Api): Promise<readonly string[]> => {
  const logs: string[] = []
  for (const { id } of await api.list()) {
    const { status, log, proposals } = await api.get(id)
    logs.push(`${id} ${status} ${log.length} ${log.head} ${proposals.length}`)
  }
  return logs.sort()
}

/** Both coordinators and the gateway show the same of all workflows. */
const same = ({ a, b, gateway }: SharedSite, count: number): Promise<readonly string[]> =>
  until(`all to show the same ${count} workflows`, async () => {
    const [here, ...others] = await Promise.all([gateway.api, a.api, b.api].map(logsAt))
    const isSame = here?.length === count && others.every((other) => JSON.stringify(other) === JSON.stringify(here))
    return isSame && here
  })

describe.skipIf(isMissing)(`coordinators on one database${why}`, () => {
  let site: SharedSite
  beforeEach(async () => {
    site = await openSharedSite()
  })
  afterEach(() => site.stop())

  const hire = () => site.gateway.hire('robot-1', { go: () => sleep(10).then(() => 'there'), 'come-back': () => 'here' }, { capacity: 8 })

  test('API-9 SYN-3 work is started at either, a gateway moves from one to the other and back, and both show the same', async () => {
    const { a, b, gateway, lead } = site
    await hire()
    const ids: string[] = []
    for (const [round, to] of [a, b, a].entries()) {
      lead(to)
      for (const [at, api] of [a.api, b.api, gateway.api].entries()) ids.push(await api.start(body(`order-${round}-${at}`)))
      for (const id of ids) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
      await same(site, ids.length)
      for (const api of [a.api, b.api])
        await until('the line to be seen at both', async () => (await api.facilities()).every(({ connected }) => connected))
    }
    const page = await a.api.ask('GET', '/workflows?limit=2&sort=createdAt')
    const next = encodeURIComponent(String(member(page.body, 'next')))
    expect((await b.api.ask('GET', `/workflows?limit=2&sort=createdAt&cursor=${next}`)).status).toBe(200)
    // What was started at one is known at the other by its key, at once.
    const key = 'order-at-both'
    const first = await a.api.ask('POST', '/workflows', body(key))
    const second = await b.api.ask('POST', '/workflows', body(key))
    expect(workflowOf(second.body).id).toBe(workflowOf(first.body).id)
    expect(second.status).toBe(200)
  })

  test('API-9 PER-3 a coordinator killed in the middle of a push loses nothing: the other goes on where it stopped', async () => {
    const { a, b, gateway, proxy, lead } = site
    await hire()
    proxy.set('cut')
    const count = 150
    for (let n = 0; n < count; n += 1) await gateway.api.start(body(`order-${n}`))
    lead(a)
    await until('some of it to have arrived', async () => (await b.api.list()).length > 0)
    await a.kill()
    const arrived = (await b.api.list()).length
    lead(b)
    for (const { id } of await gateway.api.list()) await ended(gateway.api, id)
    await a.restart()
    await same(site, count)
    expect(arrived).toBeGreaterThan(0)
  })

  test('API-9 PER-2 PostgreSQL killed and restarted under load: what was acknowledged at either is there, and work goes on', async () => {
    const { a, b, gateway, server } = site
    await hire()
    const acknowledged = new Set<string>()
    let isHarmed = true
    const startMany = async (api: Api, name: string): Promise<void> => {
      for (let n = 0; isHarmed; n += 1) {
        // No answer is no acknowledgement.
        const answer = await api.ask('POST', '/workflows', body(`${name}-${n}`)).catch(() => undefined)
        if (answer !== undefined && answer.status < 300) acknowledged.add(workflowOf(answer.body).id)
        else await sleep(50)
      }
    }
    const harm = async (): Promise<void> => {
      for (let kill = 0; kill < 3; kill += 1) {
        const before = acknowledged.size
        await until('work to go on', () => acknowledged.size > before + 5)
        await server.kill()
        await sleep(200)
        await server.run()
      }
      const before = acknowledged.size
      await until('work to go on', () => acknowledged.size > before + 5)
      isHarmed = false
    }
    await Promise.all([startMany(a.api, 'a'), startMany(b.api, 'b'), harm()])
    for (const id of acknowledged) expect(await ended(gateway.api, id)).toMatchObject({ status: 'completed' })
    const all = await gateway.api.list()
    await same(site, all.length)
    expect(all.length).toBeGreaterThanOrEqual(acknowledged.size)
  })
})
