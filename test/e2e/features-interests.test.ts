/** A tablet holds what its rights and interests name, and no more: what it wants is given whole, whenever it was begun. */
import type { Interest } from '@holdfast/shared/link'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newToken } from '../support/folder.ts'
import { ended, openSite, type Site } from '../support/site.ts'
import { openTablet, type Tablet } from '../support/tablet.ts'
import { until } from '../support/until.ts'

const ASKING = `
name: asking
steps:
  allowed: { type: approval, queue: leads }
  done: { type: approval, queue: office }
links:
  - { from: allowed, to: done }
`
const LEADS = { node: 'tablet-1', nodeNumber: 40, mayFollow: { documents: true, queues: ['leads'] } }
let site: Site
let token: string
let tablet: Tablet
let wish: Omit<Interest, 'home' | 'held'>

const open = (): Promise<Tablet> =>
  openTablet({
    ...LEADS,
    folder: site.folder,
    definitionsFolder: site.definitionsFolder,
    facility: 'harbour',
    token,
    url: `${api().url.replace('http', 'ws')}/link`,
    wish: () => wish,
  })

const api = () => site.member('harbour').gateway.api
const start = (definition: string, key: string): Promise<string> => api().start({ facility: 'harbour', definition, key, input: { n: 1 } })
const holds = (...workflows: readonly string[]): Promise<boolean> =>
  until(`the tablet to hold ${workflows.length}`, async () => (await tablet.held()).join() === [...workflows].sort().join())

beforeEach(async () => {
  token = newToken()
  site = await openSite(['harbour'], { 'asking.yaml': ASKING }, { tablets: [{ ...LEADS, token }] })
  wish = { documents: [], queues: ['leads'] }
})
afterEach(async () => {
  await tablet.close()
  await site.stop()
})

test('SYN-13 a tablet holds what waits in its queue and what it proposed, from the beginning, and follows it to its end', async () => {
  const before = await start('asking', 'before')
  const other = await start('errand', 'of-nobody-here')
  await until('the approval to wait', async () => (await api().get(before)).steps[0]?.status === 'running')
  tablet = await open()
  await holds(before)
  const after = await start('asking', 'after')
  await holds(before, after)
  const own = await tablet.start('errand', 'own', { n: 1 })
  await holds(before, after, own)
  await site.member('harbour').gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
  for (const id of [other, own]) await ended(api(), id)
  await until('its own to be done', async () => (await tablet.status(own)) === 'completed')
  for (const step of ['allowed', 'done']) {
    await until(`${step} to wait`, async () => (await api().get(before)).steps.find(({ id }) => id === step)?.status === 'running')
    expect((await api().ask('POST', `/workflows/${before}/approve`, { step, approved: true })).status).toBe(200)
  }
  await until('the end to be known', async () => (await tablet.status(before)) === 'completed')
  expect([...(await tablet.held())].sort()).toEqual([before, after, own].sort())
  expect(await tablet.rejected()).toEqual([])
})

test('SYN-13 a workflow that is named later is given whole, though nothing happens to it any more', async () => {
  await site.member('harbour').gateway.hire('robot-1', { go: () => 'there', 'come-back': () => 'here' })
  const over = await start('errand', 'over')
  await ended(api(), over)
  tablet = await open()
  await until('the line to live', () => tablet.uplink.status.state === 'live')
  expect(await tablet.held()).toEqual([])
  wish = { documents: [over], queues: [] }
  tablet.uplink.regreet()
  await holds(over)
  expect(await tablet.status(over)).toBe('completed')
})

test('SYN-13 a tablet that wants more than its rights name is turned away, and says so', async () => {
  wish = { documents: [], queues: ['leads', 'office'] }
  const asking = await start('asking', 'secret')
  tablet = await open()
  const { lastError } = await until('the refusal', () => (tablet.uplink.status.lastError === undefined ? undefined : tablet.uplink.status))
  expect(lastError?.reason).toMatchObject({ code: 'not-allowed' })
  expect(await tablet.status(asking)).toBeUndefined()
})
