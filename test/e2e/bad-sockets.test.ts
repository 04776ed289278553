/** Bad WebSockets on every path that takes any: each is ended with the code that says why, and the node is as it was. */
import { encodeMessage, MAX_FRAME_BYTES, VERSIONS } from '@holdfast/shared/link'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Api } from '../support/api.ts'
import { openSite, type Site } from '../support/site.ts'
import { BINARY, closeCode, type Frame, PING, TEXT, upgradeStatus } from '../support/wire.ts'

let site: Site
beforeAll(async () => {
  // The second facility's gateway is a stranger to the first's tokens; its line is not needed.
  site = await openSite(['harbour', 'hillside'])
  await site.member('harbour').gateway.api.start({ facility: 'harbour', definition: 'tour', key: 'here-before', input: { stops: [] } })
})
afterAll(() => site.stop())

const gateway = () => site.member('harbour').gateway
const agentToken = (): string => gateway().agentTokens.get('robot-1') ?? ''
const linkToken = (): string => site.gatewayTokens.get('hillside') ?? ''

interface Door {
  readonly path: string
  readonly api: () => Api
  readonly token: () => string
  readonly speaks: 'texts' | 'bytes'
  readonly maxBytes: number
}

const DOORS: readonly (readonly [string, Door])[] = [
  [
    '/ws/workflows of the gateway',
    { path: '/ws/workflows', api: () => gateway().api, token: () => gateway().api.token, speaks: 'texts', maxBytes: 16 * 1024 },
  ],
  [
    '/ws/workflows of the coordinator',
    { path: '/ws/workflows', api: () => site.cloud, token: () => site.cloud.token, speaks: 'texts', maxBytes: 16 * 1024 },
  ],
  ['/agents', { path: '/agents', api: () => gateway().api, token: agentToken, speaks: 'texts', maxBytes: 256 * 1024 }],
  ['/link', { path: '/link', api: () => site.cloud, token: linkToken, speaks: 'bytes', maxBytes: MAX_FRAME_BYTES }],
]

const text = (words: string | object): Frame => {
  return { opcode: TEXT, payload: Buffer.from(typeof words === 'string' ? words : JSON.stringify(words)) }
}
const bytes = (payload: Uint8Array): Frame => ({ opcode: BINARY, payload: Buffer.from(payload) })

afterEach(async () => {
  for (const api of [site.cloud, gateway().api]) {
    expect((await fetch(`${api.url}/health`)).status).toBe(200)
    expect((await gateway().api.list()).map(({ key }) => key)).toEqual(['here-before'])
  }
})

describe.each(DOORS)('%s', (_name, { path, api, token, speaks, maxBytes }) => {
  const host = (): string => `Host: ${new URL(api().url).host}`
  const bearer = (): string => `Authorization: Bearer ${token()}`
  const codeOf = (...frames: readonly Frame[]): Promise<number> => closeCode(api().url, path, [host(), bearer()], frames)

  test('B12 GOV-4 a frame that announces more than the limit', async () => {
    const opcode = speaks === 'texts' ? TEXT : BINARY
    expect(await codeOf({ opcode, payload: Buffer.alloc(8), length: maxBytes + 1 })).toBe(1009)
  })

  test('B13 GOV-4 a compressed frame, though compression was not agreed', async () => {
    const opcode = speaks === 'texts' ? TEXT : BINARY
    expect(await codeOf({ opcode, payload: Buffer.from('x'), flags: 0xc0 })).toBe(1002)
  })

  test('B14 GOV-4 the wrong kind of frame', async () => {
    expect(await codeOf(speaks === 'texts' ? bytes(Buffer.from('{}')) : text('{}'))).toBe(1003)
  })

  test('B14 GOV-4 bad UTF-8', async () => {
    expect(await codeOf({ opcode: TEXT, payload: Buffer.from([0xc3, 0x28]) })).toBe(1007)
  })

  test('B14 GOV-4 a reserved opcode, an unmasked frame, a continuation of nothing, a ping too long', async () => {
    expect(await codeOf({ opcode: 3, payload: Buffer.alloc(0) })).toBe(1002)
    expect(await codeOf({ opcode: TEXT, payload: Buffer.from('x'), masked: false })).toBe(1002)
    expect(await codeOf({ opcode: 0, payload: Buffer.from('x') })).toBe(1002)
    expect(await codeOf({ opcode: PING, payload: Buffer.alloc(126) })).toBe(1002)
  })

  test('B15 GOV-4 no token, a wrong one, one in the address', async () => {
    const { url } = api()
    expect(await upgradeStatus(url, path, [host()])).toBe(401)
    expect(await upgradeStatus(url, path, [host(), 'Authorization: Bearer wrong'])).toBe(401)
    expect([400, 401]).toContain(await upgradeStatus(url, `${path}?token=${token()}`, [host()]))
  })

  test('B10 B15 GOV-4 a page from elsewhere, a name that is not ours', async () => {
    const { url } = api()
    expect(await upgradeStatus(url, path, [host(), bearer(), 'Origin: http://evil.example'])).toBe(403)
    expect(await upgradeStatus(url, path, [host(), bearer(), 'Origin: null'])).toBe(403)
    expect(await upgradeStatus(url, path, ['Host: evil.example', bearer()])).toBe(421)
  })

  test('GOV-4 a socket where none is offered', async () => {
    expect(await upgradeStatus(api().url, '/api/v1/workflows', [host(), bearer()])).toBe(404)
  })
})

describe('what is said in the wrong order, or is not of the protocol', () => {
  const at = (url: string, path: string, token: string) => {
    const headers = [`Host: ${new URL(url).host}`, `Authorization: Bearer ${token}`]
    return (...frames: readonly Frame[]): Promise<number> => closeCode(url, path, headers, frames)
  }
  const hello = {
    type: 'hello',
    protocol: 1,
    agent: 'robot-1',
    kind: 'robot',
    capabilities: [],
    capacity: 1,
    holding: [],
    sdk: 'by-hand',
  }

  test('B16 GOV-4 /agents', async () => {
    const codeOf = at(gateway().url, '/agents', agentToken())
    expect(await codeOf(text({ type: 'heartbeat', beat: 1, tasks: [] }))).toBe(4400)
    expect(await codeOf(text('{'))).toBe(4400)
    expect(await codeOf(text({ type: 'unheard-of' }))).toBe(4400)
    expect(await codeOf(text({ ...hello, extra: 1 }))).toBe(4400)
    expect(await codeOf(text('{"type":"hello","__proto__":{"x":1}}'))).toBe(4400)
    expect(await codeOf(text({ ...hello, protocol: 99 }))).toBe(4406)
    expect(await codeOf(text({ ...hello, agent: 'robot-2' }))).toBe(4403)
    expect(await codeOf(text(hello), text(hello))).toBe(4400)
  })

  test('B14 GOV-4 floods of pings and of messages', async () => {
    const agents = at(gateway().url, '/agents', agentToken())
    const pings = Array.from({ length: 3_000 }, () => ({ opcode: PING, payload: Buffer.alloc(0) }))
    // 1006 where the socket gave up first, on pongs that pile up.
    expect([1006, 1008]).toContain(await agents(...pings))
    const live = at(site.cloud.url, '/ws/workflows', site.cloud.token)
    expect(await live(...Array.from({ length: 500 }, () => text({ type: 'subscribe' })))).toBe(1008)
  })

  test('B16 GOV-4 /ws/workflows', async () => {
    const codeOf = at(site.cloud.url, '/ws/workflows', site.cloud.token)
    expect(await codeOf(text('{'))).toBe(4400)
    expect(await codeOf(text({ type: 'publish' }))).toBe(4400)
    expect(await codeOf(text({ type: 'subscribe', facility: '../x' }))).toBe(4400)
    const local = at(gateway().url, '/ws/workflows', gateway().api.token)
    expect(await local(text({ type: 'subscribe', facility: 'hillside' }))).toBe(4404)
  })

  test('B16 GOV-4 /link', async () => {
    await site.member('hillside').gateway.stop()
    const codeOf = at(site.cloud.url, '/link', linkToken())
    const greeting = {
      type: 'hello',
      versions: VERSIONS,
      node: 'hillside-gateway',
      life: '1',
      generation: 'g',
      homes: ['hillside'],
      cursors: [],
    } as const
    expect(await codeOf(bytes(Buffer.from([1, 2, 3])))).toBe(4400)
    expect(await codeOf(bytes(Buffer.alloc(0)))).toBe(4400)
    expect(await codeOf(bytes(encodeMessage({ type: 'ping', n: 1 })))).toBe(4400)
    expect(await codeOf(bytes(encodeMessage({ ...greeting, versions: [99] })))).toBe(4406)
    expect(await codeOf(bytes(encodeMessage({ ...greeting, node: 'harbour-gateway' })))).toBe(4403)
    expect(await codeOf(bytes(encodeMessage({ ...greeting, homes: ['harbour'] })))).toBe(4403)
    expect(await codeOf(bytes(encodeMessage(greeting)), bytes(encodeMessage(greeting)))).toBe(4400)
  })
})
