import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toyApi } from './toy-api.ts'

const TOKENS = ['planner-a', 'planner-b', 'viewer-a', 'admin', 'nobody']
const MEMBERS = ['facility', 'definition', 'key', 'title', 'priority', 'input', 'reason', 'name', 'id', 'payload', 'version', '__proto__']

const text = fc.oneof(fc.constantFrom('harbour-a', 'harbour-b', 'picking', 'high', ''), fc.string({ unit: 'binary', maxLength: 12 }))
const value = fc.oneof(text, fc.integer(), fc.double(), fc.jsonValue({ maxDepth: 3 }))
const object = fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...MEMBERS) }, { weight: 1, arbitrary: text }), value, {
  maxKeys: 6,
})
const body = fc.oneof(
  { weight: 6, arbitrary: object.map((each) => JSON.stringify(each)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('workflows', 'history', 'pause', 'resume', 'signal', 'facilities', 'tickets', 'KNOWN') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((each) => encodeURIComponent(each.toWellFormed())) },
)
const path = fc.oneof(
  fc.constantFrom('workflows', 'workflows/KNOWN', 'workflows/KNOWN/signal', 'workflows/KNOWN/history', 'workflows/KNOWN/pause'),
  fc.array(segment, { maxLength: 4 }).map((segments) => segments.join('/')),
)
const query = fc.oneof(
  fc.constant(''),
  fc.webQueryParameters().map((each) => `?${each}`),
  fc.constantFrom('?cursor=a.b', '?position=1', '?at=x'),
)

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
  path,
  query,
  body: fc.option(body, { nil: undefined }),
  token: fc.constantFrom(...TOKENS),
  type: fc.constantFrom('application/json', 'application/json', 'text/plain'),
  ifMatch: fc.constantFrom(undefined, '"1-h1"', '*', '"9-x"'),
})

test('GOV-4 whatever is asked, the answer is never a 5xx, and a 4xx is a problem that changed nothing', async () => {
  const { api, node, start } = toyApi()
  const known = await start('order-1')
  const answers = new Set<number>()
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body, token, type, ifMatch }) => {
      const before = JSON.stringify([...node.workflows])
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type, ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }) }
      const sent = method === 'GET' || body === undefined ? {} : { body }
      const url = `http://holdfast.test/api/v1/${path.replace('KNOWN', known)}${query}`
      const answer = await api.request(url, { method, headers, ...sent })
      answers.add(answer.status)
      expect(answer.status).toBeLessThan(500)
      if (answer.status < 400) return
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(JSON.stringify([...node.workflows])).toBe(before)
    }),
    { numRuns: 1_500 },
  )
  expect([...answers]).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 405, 415, 422]))
})
