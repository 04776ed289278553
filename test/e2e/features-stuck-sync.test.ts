/** A line that is stuck says so at both ends, in the facilities' view and in the gateway's health; the facility goes on meanwhile. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'

let site: Site
let stranger: Lone
beforeAll(async () => {
  site = await openSite(['hillside'])
  stranger = await openLoneGateway(`ws://127.0.0.1:${site.member('hillside').proxy.port}/link`)
})
afterAll(() => Promise.all([site.stop(), stranger.stop()]))

const errand = (facility: string, key: string) => ({ facility, definition: 'errand', key, input: { n: 1 } })
const skills = { go: () => 'there', 'come-back': () => 'here' }

test('SYN-1 a gateway whose token the hub does not know works on, and says why nothing is sent', async () => {
  const { gateway } = stranger
  await gateway.hire('robot-1', skills)
  expect(await ended(gateway.api, await gateway.api.start(errand('harbour', 'one')))).toMatchObject({ status: 'completed' })
  const line = await until('the refusal to show', async () => {
    const [facility] = await gateway.api.facilities()
    return facility?.line?.lastError?.code === 'token-refused' ? facility.line : undefined
  })
  expect(line.lastError).toMatchObject({ next: 'ask-person' })
  expect(line.pending).toBeGreaterThan(0)
  expect(line.oldestMs).toBeGreaterThan(0)
  const { explain } = await (await fetch(`${gateway.url}/health`)).json()
  expect(explain).toMatch(/[1-9]\d* pending, oldest \d+ ms.*last error: The hub does not take this node's token \(HTTP 401\)/)
})

test('SYN-1 what a facility that is cut off lacks shows at the hub, with its age and the reason, also after the hub was killed', async () => {
  const { proxy } = site.member('hillside')
  proxy.set('cut')
  await until('the cut to show', async () => (await site.cloud.facilities())[0]?.connected === false)
  await site.cloud.start(errand('hillside', 'from-the-cloud'))
  const [cut] = await site.cloud.facilities()
  expect(cut?.line).toMatchObject({ state: 'awaited', pending: 1, lastError: { next: 'retry-later', code: 'connection-closed' } })
  await site.killCloud()
  await site.restartCloud()
  const [again] = await site.cloud.facilities()
  expect(again).toMatchObject({ connected: false, pendingUpdates: 1, line: { state: 'awaited', pending: 1 } })
  expect(again?.line?.oldestMs).toBeGreaterThan(0)
  proxy.set('open')
  await until('the line to be settled', async () => {
    const [facility] = await site.cloud.facilities()
    return facility?.line?.state === 'live' && facility.line.pending === 0
  })
})
