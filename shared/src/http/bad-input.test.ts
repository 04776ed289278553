/** RELIABILITY's table of bad input, the rows that HTTP meets: each gets its answer, as problem details, and changes nothing. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES } from './body.ts'
import { problemSchema } from './problem.ts'
import { BASE, type ToyApi, toyApi } from './toy-api.ts'

const PATH = '/api/v1/workflows'
const GOOD = { facility: 'harbour-a', definition: 'picking', key: 'order-9' }
const NOTHING = `${PATH}/w_${'0'.repeat(32)}`

let toy: ToyApi
let known: string
let before: string

const snapshot = (): string => JSON.stringify([...toy.node.workflows])

beforeEach(async () => {
  toy = toyApi()
  known = `${PATH}/${await toy.start('order-1')}`
  before = snapshot()
})

/** The answer is a whole problem, and the node is as it was. */
const expectProblem = async (answer: Response, status: number, code: string): Promise<void> => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const body = problemSchema.parse(await answer.json())
  expect([answer.status, body.status, body.type]).toEqual([status, status, `urn:holdfast:problem:${code}`])
  expect(answer.headers.get('x-request-id')).toBe(body.requestId)
  expect(JSON.stringify(body)).not.toContain('node_modules')
  expect(snapshot()).toBe(before)
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
const withInput = (input: string): string => `{"facility":"harbour-a","definition":"picking","key":"k","input":${input}}`

describe('GOV-4 bodies', () => {
  test.each(['', '{', '{"a":1,}', "{'a':1}", 'NaN', '[1', '\ufeff{}', '{"a":\u0001}'])('B1 GOV-4 malformed JSON %j', async (body) => {
    await expectProblem(await toy.ask('POST', PATH, body), 400, 'malformed-json')
  })

  test('B1 GOV-4 bytes that are not UTF-8', async () => {
    const headers = { Authorization: 'Bearer planner-a', 'Content-Type': 'application/json' }
    const answer = await toy.api.request(`${BASE}${PATH}`, { method: 'POST', headers, body: new Uint8Array([0x22, 0xff, 0x22]) })
    await expectProblem(answer, 400, 'malformed-json')
  })

  test.each(['text/plain', 'application/jsonp', 'application/json; charset=utf-16', 'multipart/form-data', ''])(
    'B2 GOV-4 content type %j',
    async (type) => {
      await expectProblem(await toy.ask('POST', PATH, GOOD, { 'Content-Type': type }), 415, 'unsupported-media-type')
    },
  )

  test('B3 GOV-4 every misfit is named with a pointer', async () => {
    const answer = await toy.ask('POST', PATH, { ...GOOD, facility: '../etc', priority: 'urgent' })
    expect((await answer.clone().json()).errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/facility', '/priority'])
    await expectProblem(answer, 422, 'invalid-request')
  })

  test('B4 GOV-4 too large, with an honest length, a lying one, or none', async () => {
    const large = withInput(JSON.stringify(Array.from({ length: 20 }, () => 'x'.repeat(60_000))))
    expect(large.length).toBeGreaterThan(MAX_BODY_BYTES)
    for (const length of [{ 'Content-Length': String(large.length) }, { 'Content-Length': '10' }, undefined]) {
      await expectProblem(await toy.ask('POST', PATH, large, length), 413, 'body-too-large')
    }
  })

  test('B4 GOV-4 a declared length beyond the limit is answered before anything is read', async () => {
    await expectProblem(await toy.ask('POST', PATH, GOOD, { 'Content-Length': '99999999' }), 413, 'body-too-large')
  })

  test.each(['gzip', 'br', 'deflate, gzip'])('B5 GOV-4 an encoded body: %s', async (encoding) => {
    await expectProblem(await toy.ask('POST', PATH, GOOD, { 'Content-Encoding': encoding }), 415, 'unsupported-encoding')
  })

  test.each([
    ['depth', nested(65)],
    ['depth that would end a recursive reader', nested(100_000)],
    ['members', `{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":0`)}}`],
    ['a long string', `"${'x'.repeat(65_537)}"`],
    ['a long name', `{"${'x'.repeat(65_537)}":0}`],
    ['a number beyond a double', '1e400'],
    ['a lone surrogate', '"\\ud800"'],
    ['a lone surrogate in a name', '{"\\udc00":1}'],
    ['a name twice', '{"a":1,"a":2}'],
    ['a name twice, spelled otherwise', '{"a":1,"\\u0061":2}'],
  ])('B6 GOV-4 %s', async (_what, input) => {
    await expectProblem(await toy.ask('POST', PATH, withInput(input)), 422, 'json-bounds')
  })

  test('B6 GOV-4 what is just within the bounds passes', async () => {
    const input = `[${nested(62)},"${'x'.repeat(65_536)}",{"a":{"a":1}},{"a":2},1e308,"\\ud83d\\ude00"]`
    expect((await toy.ask('POST', PATH, withInput(input))).status).toBe(201)
  })

  test.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])('B7 GOV-4 a member named %s, at any depth', async (name) => {
    await expectProblem(await toy.ask('POST', PATH, withInput(`{"a":[{"${name}":{"x":1}}]}`)), 422, 'forbidden-key')
    await expectProblem(await toy.ask('POST', PATH, `{"${name}":1}`), 422, 'forbidden-key')
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  test('B7 GOV-4 such a name in the query', async () => {
    await expectProblem(await toy.ask('GET', `${PATH}?__proto__=1`), 422, 'forbidden-key')
    await expectProblem(await toy.ask('GET', `${PATH}?constructor=1`), 422, 'forbidden-key')
  })

  test.each([{ facilityId: 'harbour-b' }, { createdBy: 'me' }, { status: 'completed' }, { role: 'admin' }])(
    'B25 GOV-4 mass assignment of %j',
    async (more) => {
      await expectProblem(await toy.ask('POST', PATH, { ...GOOD, ...more }), 422, 'invalid-request')
      await expectProblem(await toy.ask('PUT', known, { title: 'x', ...more }, { 'If-Match': '"1-h1"' }), 422, 'invalid-request')
    },
  )

  test('B33 GOV-4 control characters in a title or reason', async () => {
    await expectProblem(await toy.ask('POST', PATH, { ...GOOD, title: 'a\nb' }), 422, 'invalid-request')
    await expectProblem(await toy.ask('DELETE', known, { reason: '\u001b[2J' }), 422, 'invalid-request')
  })
})

describe('GOV-4 addresses', () => {
  test.each([
    `${PATH}/..%2f..%2fetc%2fpasswd`,
    `${PATH}/%2e%2e/%2e%2e/etc/passwd`,
    `${PATH}/../../../etc/passwd`,
    `${PATH}/%00`,
    `${PATH}/%zz`,
    `${PATH}/a%5cb`,
    `${PATH}/${'a'.repeat(5_000)}`,
    `${PATH}/W_ABC`,
    `${PATH}/w_1.history`,
  ])('B8 GOV-4 %s names nothing', async (path) => {
    await expectProblem(await toy.ask('GET', path), 404, 'not-found')
  })

  test.each(['evil.example', 'holdfast.test.evil.example', 'evil.example:80'])('B10 GOV-4 asked as %s', async (host) => {
    const answer = await toy.api.request(`http://${host}${PATH}`, { headers: { Authorization: 'Bearer planner-a' } })
    await expectProblem(answer, 421, 'wrong-host')
    await expectProblem(await toy.ask('GET', PATH, undefined, { Host: host }), 421, 'wrong-host')
  })

  test('B10 GOV-4 an absolute address elsewhere, under a Host that is ours', async () => {
    const headers = { Authorization: 'Bearer planner-a', Host: 'holdfast.test' }
    await expectProblem(await toy.api.request(`http://evil.example${PATH}`, { headers }), 421, 'wrong-host')
  })

  test('B10 any port of a host that is ours', async () => {
    expect((await toy.ask('GET', PATH, undefined, { Host: 'HOLDFAST.test:8443' })).status).toBe(200)
  })

  test.each([
    ['PATCH', PATH, 'GET, HEAD, POST'],
    ['DELETE', PATH, 'GET, HEAD, POST'],
    ['OPTIONS', '/api/v1/facilities', 'GET, HEAD'],
    ['BREW', '/api/v1/tickets', 'POST'],
    ['GET', `${NOTHING}/pause`, 'POST'],
  ])('B35 GOV-4 %s %s is not allowed, and says what is', async (method, path, allow) => {
    const answer = await toy.ask(method, path)
    expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(allow.split(', '))
    await expectProblem(answer, 405, 'method-not-allowed')
  })

  test('B35 GOV-4 a method override overrides nothing', async () => {
    const answer = await toy.ask('GET', known, undefined, { 'X-HTTP-Method-Override': 'DELETE' })
    expect(answer.status).toBe(200)
    expect(snapshot()).toBe(before)
  })

  test.each([`${PATH}/`, '/API/v1/workflows', '/api/v1/nothing', '/'])('B35 GOV-4 %s is not there', async (path) => {
    await expectProblem(await toy.ask('GET', path), 404, 'not-found')
  })

  test.each(['limit=0', 'limit=201', 'limit=x', 'sort=status', 'status=gone', 'unknown=1', 'limit=1&limit=2', 'q=%0a'])(
    'B3 GOV-4 the query %s',
    async (query) => {
      await expectProblem(await toy.ask('GET', `${PATH}?${query}`), 422, 'invalid-request')
    },
  )
})

describe('GOV-4 callers', () => {
  test.each([
    {},
    { Authorization: '' },
    { Authorization: 'Bearer nobody' },
    { Authorization: 'Basic cGF1bGE6' },
    { Authorization: 'Bearer planner-a x' },
  ])('B21 GOV-4 credentials %j', async (headers) => {
    const answer = await toy.api.request(`${BASE}${PATH}`, { headers })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    await expectProblem(answer, 401, 'unauthenticated')
  })

  test('GOV-4 a role that does not suffice, whatever the body', async () => {
    const as = (token: string) => ({ Authorization: `Bearer ${token}` })
    await expectProblem(await toy.ask('POST', PATH, '{', as('operator-a')), 403, 'forbidden')
    await expectProblem(await toy.ask('DELETE', known, { reason: 'x' }, as('operator-a')), 403, 'forbidden')
    await expectProblem(await toy.ask('POST', `${known}/pause`, undefined, as('viewer-a')), 403, 'forbidden')
  })

  test('B22 GOV-4 no key; the same content again; other content under the same key', async () => {
    await expectProblem(await toy.ask('POST', PATH, { ...GOOD, key: undefined }), 400, 'idempotency-key-required')
    await expectProblem(await toy.ask('POST', PATH, { ...GOOD, key: 'order-1', input: [1] }), 422, 'key-reused')
    const again = await toy.ask('POST', PATH, { ...GOOD, key: undefined }, { 'Idempotency-Key': 'order-1' })
    expect([again.status, again.headers.get('idempotent-replay')]).toEqual([200, 'true'])
    expect(snapshot()).toBe(before)
  })

  test('B23 GOV-4 If-Match missing, stale or weak', async () => {
    await expectProblem(await toy.ask('PUT', known, { title: 'x' }), 428, 'precondition-required')
    for (const tag of ['"0-h0"', 'W/"1-h1"', '1-h1']) {
      const answer = await toy.ask('PUT', known, { title: 'x' }, { 'If-Match': tag })
      expect(answer.headers.get('etag')).toBe('"1-h1"')
      await expectProblem(answer, 412, 'stale-version')
    }
  })

  test('B23 GOV-4 one who loses the race after the check is told the tag that won', async () => {
    const { node } = toy
    const racing = toyApi({
      node: {
        ...node,
        decide: async (id, will, options) => {
          if (will.type === 'update') await node.decide(id, { type: 'pause' }, { by: 'somebody faster' })
          return node.decide(id, will, options)
        },
      },
    })
    const answer = await racing.ask('PUT', known, { title: 'x' }, { 'If-Match': '"1-h1"' })
    expect([answer.status, answer.headers.get('etag')]).toEqual([412, '"2-h2"'])
  })

  test('B24 GOV-4 another facility is not there, by whatever way', async () => {
    const foreign = { Authorization: 'Bearer planner-b' }
    for (const path of [known, `${known}/history`, `${PATH}?facility=harbour-a`]) {
      await expectProblem(await toy.ask('GET', path, undefined, foreign), 404, 'not-found')
    }
    await expectProblem(await toy.ask('POST', PATH, GOOD, foreign), 404, 'not-found')
    await expectProblem(await toy.ask('PUT', known, { title: 'x' }, foreign), 404, 'not-found')
    await expectProblem(await toy.ask('DELETE', known, { reason: 'x' }, foreign), 404, 'not-found')
    await expectProblem(await toy.ask('POST', `${known}/pause`, undefined, foreign), 404, 'not-found')
    await expectProblem(await toy.ask('POST', `${known}/signal`, { name: 'n', id: 'i' }, foreign), 404, 'not-found')
    expect((await (await toy.ask('GET', PATH, undefined, foreign)).json()).items).toEqual([])
  })

  test('B26 GOV-4 a cursor that was changed, or belongs to another query or caller', async () => {
    await toy.start('order-2')
    before = snapshot()
    const { next } = await (await toy.ask('GET', `${PATH}?limit=1`)).json()
    expect((await toy.ask('GET', `${PATH}?limit=7&cursor=${next}`)).status).toBe(200)
    const [position, signature] = next.split('.')
    const moved = `${Buffer.from('["9","w_x"]').toString('base64url')}.${signature}`
    for (const cursor of [moved, position, `${position}.`, `.${signature}`, 'x.y.z', '', '%00']) {
      await expectProblem(await toy.ask('GET', `${PATH}?cursor=${cursor}`), 400, 'invalid-cursor')
    }
    await expectProblem(await toy.ask('GET', `${PATH}?status=active&cursor=${next}`), 400, 'invalid-cursor')
    await expectProblem(await toy.ask('GET', `${PATH}?cursor=${next}`, undefined, { Authorization: 'Bearer admin' }), 400, 'invalid-cursor')
  })

  test('B36 GOV-4 a burst is told when to come again, and others are not hurt by it', async () => {
    const { ask } = toyApi({ rate: { perSecond: 1, burst: 2 } })
    const ok = await ask('GET', PATH)
    expect([ok.status, ok.headers.get('ratelimit')]).toEqual([200, '"principal";r=1;t=0'])
    await ask('GET', PATH)
    const answer = await ask('GET', PATH)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
    await expectProblem(answer, 429, 'too-many-requests')
    expect((await ask('GET', PATH, undefined, { Authorization: 'Bearer admin' })).status).toBe(200)
  })

  test('every answer carries the headers that keep browsers strict', async () => {
    const { headers } = await toy.ask('GET', PATH)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('cache-control')).toBe('no-store')
  })
})
