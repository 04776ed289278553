import { describe, expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'
import { toyNode } from './toy-node.ts'
import { workflowDetail, workflowSummary } from './views.ts'

const STARTED = { facility: 'harbour-a', definition: 'picking', key: 'order-1', input: { order: 1 } }

describe('API-1 workflows', () => {
  test('API-1 a start is answered 201, with the workflow and where it is', async () => {
    const { ask } = toyApi()
    const answer = await ask('POST', '/api/v1/workflows', STARTED)
    const { outcome, workflow } = await answer.json()
    expect(answer.status).toBe(201)
    expect(outcome).toBe('decided')
    expect(workflowSummary.parse(workflow)).toMatchObject({ key: 'order-1', priority: 'normal' })
    expect(answer.headers.get('location')).toBe(`/api/v1/workflows/${workflow.id}`)
  })

  test('API-1 a start whose authority is elsewhere is answered 202', async () => {
    const { ask } = toyApi({ toy: toyNode({ outbox: ['harbour-a'] }) })
    const answer = await ask('POST', '/api/v1/workflows', STARTED)
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({ outcome: 'proposed', workflow: { pending: true } })
  })

  test('API-1 a workflow is shown whole, with the ETag of its log', async () => {
    const { ask, start } = toyApi()
    const answer = await ask('GET', `/api/v1/workflows/${await start('order-1', { input: null })}`)
    expect(workflowDetail.parse(await answer.json())).toMatchObject({ input: null, log: { length: 1, head: 'h1' } })
    expect(answer.headers.get('etag')).toBe('"1-h1"')
  })

  test('API-1 priority and title change together under If-Match', async () => {
    const { ask, start, node } = toyApi()
    const id = await start('order-1')
    const answer = await ask('PUT', `/api/v1/workflows/${id}`, { priority: 'high', title: 'Rush' }, { 'If-Match': '"1-h1"' })
    expect(answer.status).toBe(200)
    expect(node.workflows.get(id)?.detail).toMatchObject({ priority: 'high', title: 'Rush' })
  })

  test('API-1 a cancel is decided once; the second is refused and says why', async () => {
    const { ask, start } = toyApi()
    const id = await start('order-1')
    const first = await ask('DELETE', `/api/v1/workflows/${id}`, { reason: 'customer called' })
    expect([first.status, (await first.json()).workflow.status]).toEqual([200, 'cancelled'])
    const second = await ask('DELETE', `/api/v1/workflows/${id}`, { reason: 'again' })
    expect([second.status, (await second.json()).type]).toEqual([409, 'urn:holdfast:problem:already-ended'])
  })

  test('API-1 a decision whose authority is elsewhere is answered 202', async () => {
    const { ask, start } = toyApi({ toy: toyNode({ outbox: ['harbour-a'] }) })
    const answer = await ask('DELETE', `/api/v1/workflows/${await start('order-1')}`, { reason: 'late' })
    expect([answer.status, (await answer.json()).outcome]).toEqual([202, 'proposed'])
  })

  test('API-2 pause, resume and signal reach the node and the history under the name of the caller', async () => {
    const { ask, start } = toyApi()
    const path = `/api/v1/workflows/${await start('order-1')}`
    const operator = { Authorization: 'Bearer operator-a' }
    expect((await ask('POST', `${path}/pause`, undefined, operator)).status).toBe(200)
    expect((await ask('POST', `${path}/resume`, undefined, operator)).status).toBe(200)
    expect((await ask('POST', `${path}/signal`, { name: 'arrived', id: 's1' }, operator)).status).toBe(200)
    const history = await (await ask('GET', `${path}/history?after=1&limit=2`)).json()
    expect(history).toMatchObject({ items: [{ by: 'otto', type: 'pause' }, { type: 'resume' }], next: 3 })
    expect(await (await ask('GET', `${path}/history?after=3`)).json()).toMatchObject({ items: [{ type: 'signal', position: 4 }] })
  })

  test('PER-1 the state at an event or a moment', async () => {
    const { ask, start, node } = toyApi()
    const path = `/api/v1/workflows/${await start('order-1')}`
    await ask('POST', `${path}/pause`)
    const created = [...node.workflows.values()][0]?.history[0]?.at
    expect((await (await ask('GET', `${path}?position=1`)).json()).log.length).toBe(1)
    expect((await (await ask('GET', `${path}?at=${created}`)).json()).log.length).toBe(1)
    expect((await ask('GET', `${path}?at=5`)).status).toBe(404)
    expect((await ask('GET', `${path}?at=5&position=1`)).status).toBe(422)
  })

  test('API-1 the list filters, sorts, and pages without losing or repeating any', async () => {
    const { ask, start } = toyApi()
    for (const number of [1, 2, 3, 4, 5]) await start(`order-${number}`, { priority: number % 2 ? 'high' : 'low' })
    const keys: string[] = []
    let path = '/api/v1/workflows?sort=-priority&limit=2'
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = await (await ask('GET', next === '' ? path : `${path}&cursor=${next}`)).json()
      keys.push(...page.items.map((each: { key: string }) => each.key))
      next = page.next
    }
    expect(keys.toSorted()).toEqual(['order-1', 'order-2', 'order-3', 'order-4', 'order-5'])
    expect(keys.slice(3).toSorted()).toEqual(['order-2', 'order-4'])
    path = '/api/v1/workflows?status=active&definition=picking&q=ORDER-3&facility=harbour-a'
    expect((await (await ask('GET', path)).json()).items).toHaveLength(1)
    expect((await (await ask('GET', '/api/v1/workflows?status=paused')).json()).items).toEqual([])
  })
})

describe('what a node says of itself', () => {
  test('COO-1 agents outside the scope are not listed', async () => {
    const { ask } = toyApi()
    const seen = await (await ask('GET', '/api/v1/agents')).json()
    expect(seen.items).toMatchObject([{ id: 'harbour-a-robot', facility: 'harbour-a', present: true }])
    const all = await (await ask('GET', '/api/v1/agents', undefined, { Authorization: 'Bearer admin' })).json()
    expect(all.items).toHaveLength(2)
  })

  test('facilities outside the scope are not listed, definitions are everybody’s', async () => {
    const { ask } = toyApi()
    const seen = await (await ask('GET', '/api/v1/facilities')).json()
    expect(seen.items.map(({ id }: { id: string }) => id)).toEqual(['harbour-a'])
    const all = await (await ask('GET', '/api/v1/facilities', undefined, { Authorization: 'Bearer admin' })).json()
    expect(all.items).toHaveLength(2)
    expect((await (await ask('GET', '/api/v1/definitions')).json()).items).toHaveLength(1)
  })

  test('a ticket is bound to its caller, good once, and for a short time', async () => {
    const { ask, tickets, clock } = toyApi()
    const { ticket } = await (await ask('POST', '/api/v1/tickets')).json()
    expect(tickets.redeem(ticket)).toMatchObject({ name: 'paula', facilities: ['harbour-a'] })
    expect(tickets.redeem(ticket)).toBeUndefined()
    const { ticket: late, expiresInMs } = await (await ask('POST', '/api/v1/tickets')).json()
    clock.at += expiresInMs
    expect(tickets.redeem(late)).toBeUndefined()
  })

  test('health and readiness need no credentials', async () => {
    const { api, node } = toyApi()
    expect((await api.request('http://holdfast.test/health')).status).toBe(200)
    expect((await api.request('http://holdfast.test/ready')).status).toBe(200)
    const starting = toyApi({ node: { ...node, health: () => ({ status: 'starting', ready: false, node: 'toy' }) } })
    expect((await starting.api.request('http://holdfast.test/ready')).status).toBe(503)
    expect((await starting.api.request('http://holdfast.test/health')).status).toBe(200)
  })
})
