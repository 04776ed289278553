/** Steps of plug-ins, on a real gateway: the built-in http against a server of the test's own. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'

const definitionsFor = (port: number): Readonly<Record<string, string>> => ({
  'book.yaml': `
name: book
steps:
  stock:
    type: http
    with: { url: "http://127.0.0.1:${port}/stock/{item}" }
    input: { item: input.item }
    retry: { maxAttempts: 3, initialDelayMs: 20ms, maxDelayMs: 20ms }
  reserve:
    type: http
    with: { method: POST, url: "http://127.0.0.1:${port}/reservations", body: order, headers: { X-Site: harbour } }
    input: { order: "{'item': input.item, 'left': steps.stock.output.body.left}" }
    compensate: release
  fail: { type: http, with: { url: "http://127.0.0.1:${port}/gone" }, retry: none }
links:
  - { from: stock, to: reserve }
  - { from: reserve, to: fail, when: input.fails }
compensations:
  release:
    type: http
    with: { method: DELETE, url: "http://127.0.0.1:${port}/reservations/{id}" }
    input: { id: output.body.id }
output: { reserved: steps.reserve.output.body.id }
`,
  'inside.yaml': `
name: inside
steps:
  peek: { type: http, with: { url: "http://localhost:${port}/stock/1" }, retry: none }
`,
  'wrong.yaml': `
name: wrong
steps:
  peek: { type: http, with: { uri: "http://example.com" } }
`,
})

let lone: Lone
let server: Server
const asked: string[] = []
const bodies: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    const { method = '', url = '' } = request
    asked.push(`${method} ${url}`)
    request.on('data', (chunk) => bodies.push(String(chunk)))
    request.on('end', () => {
      const json = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      if (url.startsWith('/stock/')) json(asked.filter((each) => each === `GET ${url}`).length === 1 ? 503 : 200, { left: 4 })
      else if (url === '/gone') json(404, {})
      else json(200, { id: 'r-7' })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  lone = await openLoneGateway(undefined, definitionsFor(port), { allowHosts: [`127.0.0.1:${port}`] })
})
afterAll(async () => {
  await lone.stop()
  server.closeAllConnections()
  server.close()
})

const run = async (definition: string, key: string, input: object = {}) =>
  ended(lone.gateway.api, await lone.gateway.api.start({ facility: 'harbour', definition, key, input }))

test('DEF-9 http steps call, try again what may pass, and hand on what they were answered', async () => {
  const done = await run('book', 'a', { item: 'crate 1', fails: false })
  expect(done).toMatchObject({ status: 'completed', output: { reserved: 'r-7' } })
  expect(asked).toEqual(['GET /stock/crate%201', 'GET /stock/crate%201', 'POST /reservations'])
  expect(bodies.map((body) => JSON.parse(body))).toEqual([{ item: 'crate 1', left: 4 }])
  expect(done.steps.map(({ type, status }) => `${type} ${status}`)).toEqual(['http succeeded', 'http succeeded', 'http skipped'])
})

test('RES-3 DEF-9 an http step fails by the status it was answered, and is undone by another', async () => {
  const done = await run('book', 'b', { item: '2', fails: true })
  expect(done).toMatchObject({ status: 'failed', error: { code: 'http-404' } })
  expect(asked.at(-1)).toBe('DELETE /reservations/r-7')
})

test('GOV-2 DEF-9 a host that is not public and not allowed is not called', async () => {
  const before = asked.length
  expect(await run('inside', 'c')).toMatchObject({ status: 'failed', error: { code: 'host-refused' } })
  expect(asked.length).toBe(before)
})

test('DEF-9 a definition with parameters that the plug-in does not take is left out, and the log says why', async () => {
  const { status } = await lone.gateway.api.ask('POST', '/workflows', { facility: 'harbour', definition: 'wrong', key: 'd', input: {} })
  expect(status).toBe(422)
  expect(lone.gateway.log()).toContain(
    'wrong version 1 is not taken: steps.peek.with: url: is missing; steps.peek.with: uri: is not a known field',
  )
})
