/** Workflow documents open in stock Yjs providers, in this process and in a page, at a gateway and in the cloud. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { Api } from '../support/api.ts'
import { call } from '../support/browser.ts'
import { CHROMIUM, CHROMIUM_ARGUMENTS, hasChromium } from '../support/chromium.ts'
import { type LiveDocument, openLive } from '../support/live-document.ts'
import { bundlePage } from '../support/page-bundle.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { until } from '../support/until.ts'
import { upgradeStatus } from '../support/wire.ts'

let site: Site
let open: LiveDocument[] = []
beforeAll(async () => {
  site = await openSite()
  await site.member('harbour').gateway.hire('robot-1', { go: () => null, 'come-back': () => null })
})
afterAll(() => site.stop())

const gateway = (): Api => site.member('harbour').gateway.api
const start = async (key: string): Promise<string> => {
  const id = await gateway().start({ facility: 'harbour', definition: 'tour', key, input: { stops: ['a'] } })
  await until('the cloud to have it', async () => (await site.cloud.ask('GET', `/workflows/${id}`)).status === 200)
  return id
}
const release = (id: string) => gateway().ask('POST', `/workflows/${id}/signal`, { name: 'released', id: 's' })
const live = ({ url, token }: { readonly url: string; readonly token: string }, workflow: string, doc?: Y.Doc): LiveDocument => {
  const opened = openLive(url, token, workflow, doc)
  open.push(opened)
  return opened
}
const lengthOf = ({ doc }: LiveDocument): number =>
  [...doc.share.keys()].filter((root) => root.startsWith('log:')).reduce((sum, root) => sum + doc.getArray(root).length, 0)
const closeAll = (): void => {
  for (const each of open) each.close()
  open = []
}

test('SYN-10 a stock provider reads a workflow live: its log grows there as the work goes on, and it is the log', async () => {
  const id = await start('read-live')
  const reader = live(gateway(), id)
  await until('the log to come', () => lengthOf(reader) > 0)
  const before = lengthOf(reader)
  await release(id)
  await ended(gateway(), id)
  await until('the rest of the log', () => lengthOf(reader) > before)
  const { log } = await gateway().get(id)
  // Besides its entries, each segment has an opener.
  await until(
    'all of it',
    () => lengthOf(reader) === log.length + [...reader.doc.share.keys()].filter((root) => root.startsWith('log:')).length,
  )
  closeAll()
})

test('SYN-10 CON-4 notes written at a gateway and in the cloud at once merge into one text at both, and stay when both restart', async () => {
  const id = await start('notes')
  const here = live(gateway(), id)
  const there = live(site.cloud, id)
  await until('both to be told the document', () => lengthOf(here) > 0 && lengthOf(there) > 0)
  here.doc.getText('notes').insert(0, 'Dock 3 is wet. ')
  there.doc.getText('notes').insert(0, 'Call the planner. ')
  const both = (): boolean => here.notes().includes('wet') && here.notes().includes('planner') && here.notes() === there.notes()
  await until('one text', both)
  here.doc.getText('notes').delete(0, 1)
  await until(
    'one text again',
    () => here.notes() === there.notes() && here.notes().length === 'Dock 3 is wet. Call the planner. '.length - 1,
  )
  expect([here.denied(), there.denied()]).toEqual([undefined, undefined])
  const text = here.notes()
  await site.member('harbour').gateway.kill()
  here.doc.getText('notes').insert(0, 'Written while it was down. ')
  await site.member('harbour').gateway.restart()
  await until('what was written meanwhile to arrive', () => there.notes() === `Written while it was down. ${text}`)
  const fresh = live(gateway(), id)
  await until('a new reader to have it', () => fresh.notes() === there.notes())
  expect(here.denied()).toBeUndefined()
  closeAll()
})

test.each([
  ['an entry of its log', (doc: Y.Doc): void => doc.getArray('log:1.1.0').push([[1, 2, 3]])],
  ['a proposal', (doc: Y.Doc): unknown => doc.getArray('proposals').push([{ journal: 'x', n: 1 }])],
  ['a root of its own', (doc: Y.Doc): unknown => doc.getArray('mine').push([1])],
  ['a field that does not exist', (doc: Y.Doc): unknown => doc.getMap('fields').set('status', 'completed')],
  ['formatted notes', (doc: Y.Doc): unknown => doc.getText('notes').insert(0, 'bold', { bold: true })],
  ['a paste beyond all measure', (doc: Y.Doc): unknown => doc.getText('notes').insert(0, 'x'.repeat(100_000))],
] as const)('SYN-10 GOV-3 %s is refused: the copy that wrote it reads on, and nobody else sees anything', async (what, write) => {
  const id = await start(`refused ${what}`.replaceAll(' ', '-'))
  const [bad, other] = [live(gateway(), id), live(gateway(), id)]
  await until('both to be told the document', () => lengthOf(bad) > 0 && lengthOf(other) > 0)
  write(bad.doc)
  await until('it to be denied', () => bad.denied())
  bad.doc.getText('notes').insert(0, 'written after')
  other.doc.getText('notes').insert(0, 'all is well')
  await until('it to be told all the same', () => bad.notes().includes('all is well'))
  expect(other.notes()).toBe('all is well')
  expect(other.doc.store.clients.has(bad.doc.clientID)).toBe(false)
  await release(id)
  expect((await ended(gateway(), id)).status).toBe('completed')
  closeAll()
})

test('SYN-10 GOV-2 a viewer reads and writes nothing; a client id is its first user’s', async () => {
  const id = await start('viewer')
  const viewer = live({ url: gateway().url, token: site.member('harbour').gateway.viewerToken }, id)
  const writer = live(gateway(), id)
  await until('both to be told the document', () => lengthOf(viewer) > 0 && lengthOf(writer) > 0)
  viewer.doc.getText('notes').insert(0, 'me too')
  await until('it to be denied', () => viewer.denied())
  writer.doc.getText('notes').insert(0, 'mine')
  await until('the viewer to see it', () => viewer.notes().includes('mine'))
  expect(writer.notes()).toBe('mine')
  closeAll()
})

test('SYN-10 GOV-2 without a token, with a wrong one, or for what is not there, there is no document', async () => {
  const id = await start('door')
  const { host } = new URL(gateway().url)
  const statusOf = (path: string, token?: string): Promise<number> => {
    const offered = token === undefined ? [] : [`Sec-WebSocket-Protocol: holdfast, bearer.${token}`]
    return upgradeStatus(gateway().url, path, [`Host: ${host}`, ...offered])
  }
  expect(await statusOf(`/yjs/${id}`)).toBe(401)
  expect(await statusOf(`/yjs/${id}`, 'wrong')).toBe(401)
  expect(await statusOf('/yjs/nothing-of-this-name', gateway().token)).toBe(404)
  expect(await statusOf(`/yjs/${id}/more`, gateway().token)).toBe(404)
  expect(await statusOf(`/yjs/${id}`, gateway().token)).toBe(101)
})

test('SYN-10 who looks is told to the others, under the name they were let in by, and gone when they leave', async () => {
  const id = await start('awareness')
  const [one, two] = [live(gateway(), id), live(gateway(), id)]
  one.provider.awareness.setLocalStateField('user', { name: 'Somebody else' })
  await until('the other to hear of it', () => two.others().length === 1 || undefined)
  await until('with its name', () => JSON.stringify(two.others()).includes('Somebody else'))
  expect(two.others()).toEqual([{ user: { name: 'Somebody else' }, principal: 'shift-lead' }])
  one.close()
  await until('nobody to be left', () => two.others().length === 0)
  closeAll()
})

describe.skipIf(!hasChromium())('in Chromium', () => {
  let browser: Browser
  let page: Page
  /** Whatever the page complains of. */
  const complaints: string[] = []
  beforeAll(async () => {
    const script = await bundlePage(new URL('../browser/page/live.ts', import.meta.url))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS })
    // A page that the node serves itself, because browsers let no other reach this machine; its policy is about scripts of its own.
    page = await (await browser.newContext({ bypassCSP: true })).newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${gateway().url}/docs`)
    await page.addScriptTag({ type: 'module', content: script })
  })
  afterAll(() => browser.close())

  test('SYN-10 a page reads live, edits notes, says who looks, and is refused elsewhere without harm', async () => {
    const id = await start('in-a-page')
    const other = live(gateway(), id)
    await call(page, 'openDocument', gateway().url, gateway().token, id)
    await call(page, 'looks', 'Night shift')
    await until('the page to be seen', () => JSON.stringify(other.others()).includes('Night shift'))
    await until('the document', () => lengthOf(other) > 0)
    await call(page, 'write', 'from the page')
    await until('its notes', () => other.notes() === 'from the page')
    other.doc.getText('notes').insert(0, 'and back, ')
    await until('notes from here', async () => (await call<string>(page, 'notes')) === 'and back, from the page')
    await call(page, 'push', 'log:1.1.0')
    await until('the forged entry to be refused', () => call<string | undefined>(page, 'denied'))
    await release(id)
    expect((await ended(gateway(), id)).status).toBe('completed')
    expect(complaints).toEqual([])
    closeAll()
  })
})
