/** Bad HTTP over a real socket, to gateway and coordinator alike: each gets its answer, and the node is as it was. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { openSite, type Site } from '../support/site.ts'
import { exchange, requestText, statusOf } from '../support/wire.ts'

const MEBIBYTE = 1024 * 1024

let site: Site
beforeAll(async () => {
  site = await openSite()
  await site.cloud.start({ facility: 'harbour', definition: 'tour', key: 'here-before', input: { stops: [] } })
  await site.member('harbour').gateway.api.start({ facility: 'harbour', definition: 'tour', key: 'here-too', input: { stops: [] } })
})
afterAll(() => site.stop())

describe.each([
  ['the gateway', (): Api => site.member('harbour').gateway.api],
  ['the coordinator', (): Api => site.cloud],
])('bad HTTP at %s', (_who, api) => {
  const host = (): string => `Host: ${new URL(api().url).host}`
  const bearer = (): string => `Authorization: Bearer ${api().token}`
  const json = 'Content-Type: application/json'
  const close = 'Connection: close'
  const start = JSON.stringify({ facility: 'harbour', definition: 'tour', key: 'smuggled', input: { stops: [] } })
  const post = (headers: readonly string[], body = ''): Promise<string> =>
    exchange(api().url, requestText('POST /api/v1/workflows HTTP/1.1', [bearer(), json, close, ...headers], body))
  const get = (target: string, headers: readonly string[]): Promise<string> =>
    exchange(api().url, requestText(`GET ${target} HTTP/1.1`, [bearer(), close, ...headers]))
  const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

  afterEach(async () => {
    expect((await fetch(`${api().url}/health`)).status).toBe(200)
    expect((await api().list()).map(({ key }) => key).toSorted()).toEqual(['here-before', 'here-too'])
  })

  test('B1 GOV-4 malformed JSON', async () => {
    const answer = await post([host(), 'Content-Length: 1'], '{')
    expect(statusOf(answer)).toBe(400)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('urn:holdfast:problem:malformed-json')
  })

  test('B4 GOV-4 a body too large, its length told, told falsely, or not told', async () => {
    const large = `"${'x'.repeat(2 * MEBIBYTE)}"`
    expect(statusOf(await post([host(), `Content-Length: ${large.length}`], large))).toBe(413)
    expect(statusOf(await post([host(), 'Content-Length: 99999999'], start))).toBe(413)
    expect(statusOf(await post([host(), 'Transfer-Encoding: chunked'], chunked(large)))).toBe(413)
    // A length that is too small cuts the body; what is left is no request either.
    expect(statusOf(await post([host(), 'Content-Length: 10'], start))).toBe(400)
  })

  test('B8 GOV-4 paths that climb', async () => {
    for (const path of [
      '/../../etc/passwd',
      '/assets/../../cloud.json',
      '/assets/%2e%2e/%2e%2e/cloud.json',
      '/assets/..%2f..%2fcloud.db',
    ]) {
      expect([path, statusOf(await get(path, [host()]))]).toEqual([path, 404])
    }
  })

  test('B9 GOV-4 headers too large or too many', async () => {
    expect(statusOf(await get('/health', [host(), `X-Large: ${'x'.repeat(20_000)}`]))).toBe(431)
    expect(statusOf(await get('/health', [host(), ...Array.from({ length: 2_000 }, (_, n) => `X-${n}: y`)]))).toBe(431)
  })

  test('B10 GOV-4 two lengths; a length and chunks', async () => {
    const length = `Content-Length: ${start.length}`
    expect(statusOf(await post([host(), length, 'Content-Length: 5'], start))).toBe(400)
    expect(statusOf(await post([host(), length, 'Transfer-Encoding: chunked'], chunked(start)))).toBe(400)
    expect(statusOf(await post([host(), 'Transfer-Encoding: chunked, identity'], chunked(start)))).toBe(400)
  })

  test('B10 GOV-4 no host, another host, another host in the address', async () => {
    expect(statusOf(await get('/api/v1/workflows', []))).toBe(400)
    for (const name of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80']) {
      expect([name, statusOf(await get('/api/v1/workflows', [`Host: ${name}`]))]).toEqual([name, 421])
    }
    expect(statusOf(await get('http://evil.example/api/v1/workflows', [host()]))).toBe(421)
    expect(statusOf(await get('http://evil.example/api/v1/workflows', ['Host: evil.example']))).toBe(421)
  })

  test('B21 GOV-4 no token, a wrong one, one of another scheme', async () => {
    for (const credentials of ['X-None: 1', 'Authorization: Bearer wrong', 'Authorization: Basic Zm9vOmJhcg==']) {
      const answer = await exchange(api().url, requestText('GET /api/v1/workflows HTTP/1.1', [host(), credentials, close]))
      expect([credentials, statusOf(answer)]).toEqual([credentials, 401])
    }
  })

  test('B35 GOV-4 methods that nobody offers', async () => {
    for (const method of ['TRACE', 'PATCH', 'PROPFIND']) {
      const answer = await exchange(api().url, requestText(`${method} /api/v1/workflows HTTP/1.1`, [host(), bearer(), close]))
      expect([method, statusOf(answer)]).toEqual([method, 405])
    }
    expect(statusOf(await exchange(api().url, requestText('BREW / HTTP/1.1', [host(), close])))).toBe(400)
  })

  test('GOV-4 no HTTP at all', async () => {
    expect(statusOf(await exchange(api().url, '\u0016\u0003\u0001\u0002\r\n\r\n'))).toBe(400)
    expect(statusOf(await exchange(api().url, 'GET / HTTP/9.9\r\n\r\n'))).toBe(400)
  })
})

test('B11 GOV-4 who never ends the headers is told 408 and hung up on, by both', async () => {
  const slowly = ({ url }: Api): Promise<string> => exchange(url, `GET /health HTTP/1.1\r\nHost: ${new URL(url).host}\r\nX-Slow: `)
  const answers = await Promise.all([slowly(site.cloud), slowly(site.member('harbour').gateway.api)])
  expect(answers.map(statusOf)).toEqual([408, 408])
})
