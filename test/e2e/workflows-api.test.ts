/** The API's five verbs on workflows, asked of a real coordinator and a real gateway. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { member, workflowOf } from '../support/api.ts'
import { ended, openSite, type Site, sameLogs } from '../support/site.ts'
import { until } from '../support/until.ts'

let site: Site
/** Ends whatever `go` waits for. */
let release: () => void

beforeAll(async () => {
  site = await openSite()
  const released = new Promise<string>((resolve) => {
    release = () => resolve('there')
  })
  await site.member('harbour').gateway.hire('robot-1', { go: () => released, 'come-back': () => 'here' }, { capacity: 100 })
})
afterAll(() => site.stop())

const body = (key: string, more: object = {}) => ({ facility: 'harbour', definition: 'errand', key, input: { n: 1 }, ...more })

describe('at the gateway, which is the authority', () => {
  const gateway = () => site.member('harbour').gateway.api

  test('API-1 EX-10 a start is 201, the same again 200 and a replay, other content under its key 422', async () => {
    const first = await gateway().ask('POST', '/workflows', body('g1'))
    expect([first.status, member(first.body, 'outcome')]).toEqual([201, 'decided'])
    const { id } = workflowOf(first.body)
    expect(first.headers.get('location')).toBe(`/api/v1/workflows/${id}`)
    const again = await gateway().ask('POST', '/workflows', body('g1'))
    expect([again.status, again.headers.get('idempotent-replay'), workflowOf(again.body).id]).toEqual([200, 'true', id])
    const other = await gateway().ask('POST', '/workflows', body('g1', { input: { n: 2 } }))
    expect([other.status, member(other.body, 'type')]).toEqual([422, 'urn:holdfast:problem:key-reused'])
    expect((await gateway().list('&q=g1')).map((each) => each.id)).toEqual([id])
  })

  test('EX-10 ten starts at once under one key are one workflow', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => gateway().ask('POST', '/workflows', body('race'))))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(9)
    expect(new Set(answers.map((answer) => workflowOf(answer.body).id)).size).toBe(1)
  })

  test('API-1 API-5 a change needs the ETag that was seen, and a stale one is told the present', async () => {
    const id = await gateway().start(body('g2'))
    const seen = await until('it to settle down', async () => {
      const { headers, body: detail } = await gateway().ask('GET', `/workflows/${id}`)
      return JSON.stringify(detail).includes('"running"') ? (headers.get('etag') ?? undefined) : undefined
    })
    const blind = await gateway().ask('PUT', `/workflows/${id}`, { priority: 'high' })
    expect(blind.status).toBe(428)
    const changed = await gateway().ask('PUT', `/workflows/${id}`, { priority: 'high', title: 'Rush' }, { 'If-Match': seen })
    expect([changed.status, workflowOf(changed.body)]).toMatchObject([200, { priority: 'high', title: 'Rush' }])
    const stale = await gateway().ask('PUT', `/workflows/${id}`, { priority: 'low' }, { 'If-Match': seen })
    expect(stale.status).toBe(412)
    expect((await gateway().get(id)).priority).toBe('high')
    const retried = await gateway().ask('PUT', `/workflows/${id}`, { priority: 'low' }, { 'If-Match': stale.headers.get('etag') ?? '' })
    expect([retried.status, (await gateway().get(id)).priority]).toEqual([200, 'low'])
  })

  test('API-1 EX-7 a cancel tells the agent to stop, is shown with its reason, and is decided once', async () => {
    const id = await gateway().start(body('g3'))
    const first = await gateway().ask('DELETE', `/workflows/${id}`, { reason: 'customer called' })
    expect([first.status, member(first.body, 'outcome')]).toEqual([200, 'decided'])
    release()
    expect(await ended(gateway(), id)).toMatchObject({ status: 'cancelled' })
    const second = await gateway().ask('DELETE', `/workflows/${id}`, { reason: 'again' })
    expect([second.status, member(second.body, 'type')]).toEqual([409, 'urn:holdfast:problem:illegal-transition'])
    expect((await gateway().history(id)).map(({ text }) => text).join()).toContain('customer called')
  })

  test('API-1 lists by filter and order, in pages that lose and repeat nothing', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => gateway().start(body(`page-${n}`, { priority: n % 2 ? 'high' : 'low' }))))
    const keys: string[] = []
    for (let cursor = ''; ; ) {
      const page = await gateway().ask('GET', `/workflows?q=page-&sort=-priority&limit=2${cursor}`)
      const items: unknown = member(page.body, 'items')
      keys.push(...(Array.isArray(items) ? items : []).map((item) => String(member(item, 'key'))))
      const next = member(page.body, 'next')
      if (typeof next !== 'string') break
      cursor = `&cursor=${encodeURIComponent(next)}`
    }
    expect(keys.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `page-${n}`))
    expect(keys.slice(4).toSorted()).toEqual(['page-2', 'page-4', 'page-6'])
    expect(await gateway().list('&q=page-&priority=low&definition=tour')).toEqual([])
  })
})

describe('at the cloud, which proposes', () => {
  test('API-1 a start is 202, then done at the facility; the same again is a replay', async () => {
    release()
    const first = await site.cloud.ask('POST', '/workflows', body('c1'))
    expect([first.status, member(first.body, 'outcome')]).toEqual([202, 'proposed'])
    expect(workflowOf(first.body)).toMatchObject({ status: 'pending', pending: true })
    const { id } = workflowOf(first.body)
    const again = await site.cloud.ask('POST', '/workflows', body('c1'))
    expect([again.status, again.headers.get('idempotent-replay'), workflowOf(again.body).id]).toEqual([200, 'true', id])
    expect(await ended(site.cloud, id)).toMatchObject({ status: 'completed', pending: false, output: { back: 'here' } })
    const done = await site.cloud.ask('POST', '/workflows', body('c1'))
    expect([done.status, workflowOf(done.body).status]).toEqual([200, 'completed'])
    const other = await site.cloud.ask('POST', '/workflows', body('c1', { input: { n: 2 } }))
    expect(other.status).toBe(422)
  })

  test('API-1 changes and cancels are 202, judged by the facility, and their verdicts come back', async () => {
    const { gateway } = site.member('harbour')
    const id = await site.cloud.start({ facility: 'harbour', definition: 'tour', key: 'c2', input: { stops: [] } })
    await until('the facility to have begun it', async () => (await site.cloud.get(id)).status.startsWith('active'))
    const etag = await until('a quiet moment', async () => {
      const { headers, body: detail } = await site.cloud.ask('GET', `/workflows/${id}`)
      return JSON.stringify(detail).includes('"released","title":"Wait for the release","type":"wait","status":"running"')
        ? (headers.get('etag') ?? undefined)
        : undefined
    })
    expect((await site.cloud.ask('PUT', `/workflows/${id}`, { priority: 'critical' }, { 'If-Match': '"0-x"' })).status).toBe(412)
    const change = await site.cloud.ask('PUT', `/workflows/${id}`, { priority: 'critical' }, { 'If-Match': etag })
    expect([change.status, member(change.body, 'outcome')]).toEqual([202, 'proposed'])
    await until('the verdict on the change', async () => (await site.cloud.get(id)).verdicts.length === 2)
    expect((await gateway.api.get(id)).priority).toBe('critical')
    const cancel = await site.cloud.ask('DELETE', `/workflows/${id}`, { reason: 'not needed' })
    expect([cancel.status, member(cancel.body, 'outcome')]).toEqual([202, 'proposed'])
    const done = await ended(site.cloud, id)
    expect(done).toMatchObject({ status: 'cancelled', proposals: [] })
    expect(done.verdicts.map(({ accepted }) => accepted)).toEqual([true, true, true])
    expect((await site.cloud.ask('DELETE', `/workflows/${id}`, { reason: 'again' })).status).toBe(409)
  })

  test('API-1 a signal from the cloud reaches a workflow that waits, once', async () => {
    const id = await site.cloud.start({ facility: 'harbour', definition: 'tour', key: 'c3', input: { stops: ['a'] } })
    const signal = () => site.cloud.ask('POST', `/workflows/${id}/signal`, { name: 'released', id: 's1', payload: null })
    expect([(await signal()).status, (await signal()).status]).toEqual([202, 202])
    expect(await ended(site.cloud, id)).toMatchObject({ status: 'completed' })
    expect((await site.cloud.history(id)).filter(({ type }) => type === 'signalled')).toHaveLength(1)
  })

  test('SYN-2 cloud and gateway end with the same logs', async () => {
    expect(await sameLogs(site, 'harbour')).toBeGreaterThan(10)
  })
})
