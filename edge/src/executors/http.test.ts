import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Json, JsonObject } from '@holdfast/shared/values'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isPublicAddress } from './address-guard.ts'
import { httpExecutor } from './http.ts'

let server: Server
let port: number
const seen: { readonly method: string; readonly url: string; readonly headers: JsonObject; readonly body: string }[] = []

const answer: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += String(chunk)
  })
  request.on('end', () => {
    const { method = '', url = '' } = request
    seen.push({ method, url, headers: JSON.parse(JSON.stringify(request.headers)), body })
    if (url.startsWith('/status/')) response.writeHead(Number(url.slice('/status/'.length)), { location: '/elsewhere' }).end('no')
    else if (url === '/large') response.end('x'.repeat(300 * 1024))
    else if (url === '/cut') response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy())
    else if (url !== '/silent') response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}')
  })
}

beforeAll(async () => {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const call = (parameters: JsonObject, input: Json = {}, allowHosts = [`127.0.0.1:${port}`], timeoutMs = 2_000) =>
  httpExecutor({ allowHosts: new Set(allowHosts) })
    .performer(parameters)
    .perform({ id: 'w.1.1', name: 'http', input, timeoutMs })

const at = (path: string): string => `http://127.0.0.1:${port}${path}`
const codeOf = async (...of: Parameters<typeof call>): Promise<string> => {
  const outcome = await call(...of)
  return outcome.ok ? 'ok' : outcome.error.code
}

test('DEF-9 placeholders are filled and encoded, the body is JSON, the attempt is the idempotency key', async () => {
  const input = { order: 'a/b ?', site: 'north', lines: [1, 2] }
  const parameters = { method: 'POST', url: at('/orders/{order}'), headers: { 'X-Site': '{site}' }, body: 'lines' }
  expect(await call(parameters, input)).toMatchObject({ ok: true, value: { status: 200, body: { done: true } } })
  expect(seen.at(-1)).toMatchObject({
    method: 'POST',
    url: '/orders/a%2Fb%20%3F',
    body: '[1,2]',
    headers: { 'x-site': 'north', 'idempotency-key': 'w.1.1', 'content-type': 'application/json' },
  })
})

test('RES-2 DEF-9 an answer that is no success is a failure by its status; redirects are not followed', async () => {
  for (const status of [302, 400, 404, 500, 503]) expect(await codeOf({ url: at(`/status/${status}`) })).toBe(`http-${status}`)
  expect(seen.some(({ url }) => url === '/elsewhere')).toBe(false)
})

test('RES-2 DEF-9 no answer, half an answer, too large an answer', async () => {
  expect(await codeOf({ url: at('/silent') }, {}, undefined, 150)).toBe('timeout')
  expect(await codeOf({ url: at('/cut') })).toBe('connection')
  expect(await codeOf({ url: at('/large') })).toBe('body-too-large')
  expect(await codeOf({ url: 'http://nowhere.invalid/' })).toBe('network')
})

test('GOV-4 DEF-9 an input that makes no request sends none', async () => {
  const before = seen.length
  expect(await codeOf({ url: at('/{missing}') })).toBe('validation')
  expect(await codeOf({ url: at('/'), headers: { 'x-note': '{note}' } }, { note: 'two\r\nlines: x' })).toBe('validation')
  expect(await codeOf({ url: `http://me:secret@127.0.0.1:${port}/` })).toBe('validation')
  expect(await codeOf({ method: 'PUT', url: at('/'), body: 'missing' })).toBe('validation')
  expect(seen.length).toBe(before)
})

test('GOV-2 DEF-9 what is not public is refused, by address and by name, unless the configuration allows the host', async () => {
  const before = seen.length
  expect(await codeOf({ url: at('/') }, {}, [])).toBe('host-refused')
  expect(await codeOf({ url: `http://localhost:${port}/` }, {}, [])).toBe('host-refused')
  expect(await codeOf({ url: `http://2130706433:${port}/` }, {}, [])).toBe('host-refused')
  expect(await codeOf({ url: `http://[::ffff:127.0.0.1]:${port}/` }, {}, [])).toBe('host-refused')
  expect(await codeOf({ url: at('/') }, {}, ['127.0.0.1:1'])).toBe('host-refused')
  expect(seen.length).toBe(before)
  expect(await codeOf({ url: `http://localhost:${port}/` }, {}, ['localhost'])).toBe('ok')
})

test('GOV-2 DEF-9 which addresses are public', () => {
  const inside = [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
  ]
  const inside6 = ['::1', '::', 'fe80::1', 'fd00::1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:7f00:1::', '2001:db8::1', 'ff02::1']
  expect([...inside, ...inside6].filter(isPublicAddress)).toEqual([])
  expect(['8.8.8.8', '172.32.0.1', '2606:4700::1111'].filter(isPublicAddress)).toHaveLength(3)
})

test('E4 DEF-9 reading and replacing may be repeated after a crash, sending may not, unless the server heeds the key', () => {
  const safetyOf = (parameters: JsonObject) => httpExecutor({ allowHosts: new Set() }).performer(parameters).safety
  expect(['GET', 'PUT', 'DELETE'].map((method) => safetyOf({ method, url: 'http://x' }))).toEqual(Array(3).fill('idempotent'))
  expect(safetyOf({ method: 'POST', url: 'http://x' })).toBe('atMostOnce')
  expect(safetyOf({ method: 'POST', url: 'http://x', idempotent: true })).toBe('idempotent')
})
