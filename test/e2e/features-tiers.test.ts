/** Tablet, gateway and coordinator by one link: what is written at the edge of the edge reaches the authority and the cloud, cuts or no cuts. */
import { openTcpProxy, type TcpProxy } from '@holdfast/shared/testing/tcp-proxy'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { member } from '../support/api.ts'
import { newToken } from '../support/folder.ts'
import { type LiveDocument, openLive } from '../support/live-document.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { openTablet, type Tablet } from '../support/tablet.ts'
import { until } from '../support/until.ts'

const TABLET = { node: 'tablet-1', nodeNumber: 40 }
let site: Site
let tablet: Tablet
let tabletProxy: TcpProxy
let token: string

const tabletAs = (numbers: { readonly node: string; readonly nodeNumber: number }): Promise<Tablet> =>
  openTablet({
    ...numbers,
    folder: site.folder,
    definitionsFolder: site.definitionsFolder,
    facility: 'harbour',
    token,
    url: `ws://127.0.0.1:${tabletProxy.port}/link`,
  })

beforeEach(async () => {
  token = newToken()
  site = await openSite(['harbour'], {}, { tablets: [{ ...TABLET, token }] })
  const { gateway } = site.member('harbour')
  await gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
  tabletProxy = await openTcpProxy({ host: '127.0.0.1', port: Number(new URL(gateway.url).port) })
  tablet = await tabletAs(TABLET)
})
afterEach(async () => {
  await tablet.close()
  await tabletProxy.close()
  await site.stop()
})

const isDoneAtTablet = (workflow: string): Promise<boolean> =>
  until(`${workflow} to be done at the tablet`, async () => (await tablet.status(workflow)) === 'completed')

test('SYN-8 a workflow proposed on a tablet is run by the gateway, and known in the cloud; one of the cloud is known on the tablet', async () => {
  const proposed = await tablet.start('errand', 'from-the-tablet', { n: 1 })
  expect(await ended(site.cloud, proposed)).toMatchObject({ status: 'completed', facility: 'harbour' })
  await isDoneAtTablet(proposed)
  const willed = await site.cloud.start({ facility: 'harbour', definition: 'errand', key: 'from-the-cloud', input: { n: 1 } })
  await isDoneAtTablet(willed)
  const [facility] = await site.member('harbour').gateway.api.facilities()
  expect(facility?.tablets).toMatchObject([{ node: 'tablet-1', line: { state: 'live', pending: 0 } }])
})

test('SYN-8 SYN-1 with the line to the cloud cut, tablet and gateway go on; healed, the cloud hears of all of it', async () => {
  const { proxy } = site.member('harbour')
  proxy.set('cut')
  const offline = await tablet.start('errand', 'while-cut', { n: 1 })
  await isDoneAtTablet(offline)
  expect((await site.cloud.ask('GET', `/workflows/${offline}`)).status).toBe(404)
  proxy.set('open')
  expect(await ended(site.cloud, offline)).toMatchObject({ status: 'completed' })
})

test('SYN-8 with its line to the gateway cut, a tablet keeps what was willed there, and loses nothing', async () => {
  tabletProxy.set('cut')
  const kept = await tablet.start('errand', 'on-the-tablet', { n: 1 })
  await until('the tablet to say that it waits', () => tablet.uplink.status.state === 'backing-off' && tablet.uplink.status.pending === 1)
  const meanwhile = await site
    .member('harbour')
    .gateway.api.start({ facility: 'harbour', definition: 'errand', key: 'on-the-floor', input: { n: 1 } })
  tabletProxy.set('open')
  for (const id of [kept, meanwhile]) await isDoneAtTablet(id)
  expect(await ended(site.cloud, kept)).toMatchObject({ status: 'completed' })
})

test('SYN-8 SYN-10 who looks at a workflow in the cloud is seen by who looks at it at the gateway, until the line is cut', async () => {
  const { gateway, proxy } = site.member('harbour')
  const id = await gateway.api.start({ facility: 'harbour', definition: 'errand', key: 'looked-at', input: { n: 1 } })
  await ended(site.cloud, id)
  const here = openLive(gateway.url, gateway.api.token, id)
  const there = openLive(site.cloud.url, site.cloud.token, id)
  const sees = (live: LiveDocument, who: string): Promise<boolean> =>
    until(`${who} to be seen`, () => {
      // Said first under number 0, which its own kind of client passes over.
      for (const { provider } of [here, there]) provider.awareness.setLocalStateField('at', performance.now())
      return live.others().some((state) => member(state, 'principal') === who)
    })
  await sees(here, 'operator')
  await sees(there, 'shift-lead')
  proxy.set('cut')
  await until('nobody to be seen', () => here.others().length === 0 && there.others().length === 0)
  here.close()
  there.close()
})

test('SYN-8 I25 a node that writes under another number than it was enrolled with is refused by its gateway, and told', async () => {
  await tablet.close()
  tablet = await tabletAs({ ...TABLET, nodeNumber: 41 })
  const forged = await tablet.start('errand', 'forged', { n: 1 })
  await until('the refusal to be told', async () => (await tablet.rejected()).length > 0)
  expect(await tablet.rejected()).toEqual(['foreign-client'])
  expect(tablet.uplink.status).toMatchObject({ state: 'live', pending: 0 })
  expect((await site.member('harbour').gateway.api.ask('GET', `/workflows/${forged}`)).status).toBe(404)
  expect(await tablet.status(forged)).toMatch(/^pending/)
  expect(
    await ended(
      site.cloud,
      await site.member('harbour').gateway.api.start({ facility: 'harbour', definition: 'errand', key: 'sound', input: { n: 1 } }),
    ),
  ).toMatchObject({ status: 'completed' })
})
