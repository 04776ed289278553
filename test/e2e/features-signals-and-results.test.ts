/** What comes from outside and is kept: signals for whoever waits, results of calls without effect for whoever asks the same; over HTTP. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, member } from '../support/api.ts'
import { ended, type Lone, openLoneGateway } from '../support/site.ts'
import { until } from '../support/until.ts'

const definitionsFor = (port: number): Readonly<Record<string, string>> => ({
  'arrival.yaml': `
name: arrival
steps:
  truck: { type: wait, on: { kind: signal, signal: arrived } }
  next: { type: wait, on: { kind: signal, signal: arrived } }
  gate: { type: wait, on: { kind: signal, signal: opened } }
links: [{ from: truck, to: next }, { from: next, to: gate }]
output: { first: steps.truck.output.plate, second: steps.next.output.plate, gate: steps.gate.output }
`,
  'quote.yaml': `
name: quote
steps:
  price:
    type: http
    with: { url: "http://127.0.0.1:${port}/price/{item}" }
    input: { item: input.item }
    cache: { ttlMs: 1h }
output: { price: steps.price.output.body.price }
`,
  'short-quote.yaml': `
name: short-quote
steps:
  price:
    type: http
    with: { url: "http://127.0.0.1:${port}/price/{item}" }
    input: { item: input.item }
    cache: { ttlMs: 500ms }
output: { price: steps.price.output.body.price }
`,
})

let lone: Lone
let server: Server
const asked: string[] = []
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ price: asked.length }))
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

const api = () => lone.gateway.api
const start = (definition: string, key: string, input: object = {}) => api().start({ facility: 'harbour', definition, key, input })
const signal = (workflow: string, id: string, name: string, payload: unknown): Promise<Answer> =>
  api().ask('POST', `/workflows/${workflow}/signal`, { name, id, payload })
const statuses = async (id: string): Promise<string> => (await api().get(id)).steps.map(({ status }) => status).join(' ')

test('EX-11 a signal reaches the step that waits for it, with its payload; an early one is kept, one said again is none', async () => {
  const id = await start('arrival', 'a')
  expect((await api().get(id)).explain).toContain('truck waits for the signal “arrived”')
  expect((await signal(id, 's1', 'opened', 'wide')).status).toBe(200)
  expect(await statuses(id)).toBe('running pending pending')
  await signal(id, 's2', 'arrived', { plate: 'A 1' })
  await signal(id, 's2', 'arrived', { plate: 'A 1' })
  expect(await statuses(id)).toBe('succeeded running pending')
  await lone.gateway.kill()
  await lone.gateway.restart()
  await signal(id, 's3', 'arrived', { plate: 'B 2' })
  expect(await ended(api(), id)).toMatchObject({ status: 'completed', output: { first: 'A 1', second: 'B 2', gate: 'wide' } })
  const late = await signal(id, 's4', 'arrived', null)
  expect([late.status, (await api().get(id)).status]).toEqual([200, 'completed'])
})

const priceOf = async (definition: string, key: string, item: string): Promise<unknown> =>
  member((await ended(api(), await start(definition, key, { item }))).output, 'price')

test('EX-13 a call without effect is made once for the same input, over a restart too; another input is another call', async () => {
  const first = await priceOf('quote', 'quote-a', 'lamp')
  expect(await priceOf('quote', 'quote-b', 'lamp')).toBe(first)
  expect(await priceOf('quote', 'quote-c', 'vase')).not.toBe(first)
  await lone.gateway.kill()
  await lone.gateway.restart()
  expect(await priceOf('quote', 'quote-d', 'lamp')).toBe(first)
  expect(asked).toEqual(['/price/lamp', '/price/vase'])
})

test('EX-13 what was kept expires, and is asked for again', async () => {
  const first = await priceOf('short-quote', 'first', 'bell')
  let number = 0
  const later = await until('another price', async () => {
    number += 1
    const price = await priceOf('short-quote', `later-${number}`, 'bell')
    return price === first ? undefined : price
  })
  expect(later).not.toBe(first)
})
