import { once } from 'node:events'
import { connect } from 'node:net'
import { AGENT_PROTOCOL_VERSION, frameOf, parseDown, type UpMessage } from '@holdfast/shared/agent-protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startToyGateway, type ToyGateway, until } from './toy-gateway.ts'
import { AGENTS_PATH } from './upgrade.ts'

let gateway: ToyGateway
beforeEach(async () => {
  gateway = await startToyGateway()
})
afterEach(() => gateway.stop())

const hello: UpMessage = {
  type: 'hello',
  protocol: AGENT_PROTOCOL_VERSION,
  agent: 'r1',
  kind: 'robot',
  capabilities: ['move'],
  capacity: 1,
  position: { x: 1, y: 2 },
  holding: ['w_1.0.1'],
  sdk: 'test',
}

const textOf = (message: UpMessage): string => {
  const frame = frameOf(message)
  if (!frame.ok) throw new Error(frame.error.code)
  return frame.value
}

interface Client {
  readonly webSocket: WebSocket
  readonly heard: { readonly type: string; readonly [key: string]: unknown }[]
  /** The code it was closed with, in time. */
  readonly closed: Promise<number>
}

const open = async (token = 'r1~harbour', to: { readonly url: string } = gateway): Promise<Client> => {
  const webSocket = new WebSocket(to.url, { headers: { authorization: `Bearer ${token}` } })
  const heard: Client['heard'] = []
  webSocket.on('message', (data) => heard.push(JSON.parse(data.toString())))
  webSocket.on('error', () => {})
  const closed = new Promise<number>((resolve) => webSocket.once('close', (code) => resolve(code)))
  await once(webSocket, 'open')
  return { webSocket, heard, closed }
}

const greeted = async (token?: string, to?: ToyGateway): Promise<Client> => {
  const client = await open(token, to)
  client.webSocket.send(textOf(hello))
  await until(() => client.heard.some(({ type }) => type === 'welcome'))
  return client
}

/** What the gateway answers to an upgrade written by hand. */
const statusOf = async (path: string, headers: readonly string[]): Promise<number> => {
  const socket = connect(gateway.port, '127.0.0.1')
  const lines = [
    'connection: upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  ]
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  return Number(String(answer).split(' ')[1])
}

const lives = async (): Promise<void> => {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/`)
  expect(await response.text()).toBe('alive')
}

describe('the upgrade', () => {
  test('GOV-4 only a known agent of this facility, asking the right host, gets a socket', async () => {
    const host = `host: 127.0.0.1:${gateway.port}`
    const bearer = (token: string): string => `authorization: Bearer ${token}`
    expect(await statusOf(AGENTS_PATH, [host, bearer('r1~harbour')])).toBe(101)
    expect(await statusOf(AGENTS_PATH, [host])).toBe(401)
    expect(await statusOf(AGENTS_PATH, [host, bearer('unknown')])).toBe(401)
    expect(await statusOf(AGENTS_PATH, [host, 'authorization: Basic cjE6aGFyYm91cg=='])).toBe(401)
    expect(await statusOf(AGENTS_PATH, [host, bearer('r1~elsewhere')])).toBe(403)
    expect(await statusOf(AGENTS_PATH, [host, bearer('down')])).toBe(503)
    expect(await statusOf(AGENTS_PATH, ['host: evil.example', bearer('r1~harbour')])).toBe(403)
    expect(await statusOf(AGENTS_PATH, [host, bearer('r1~harbour'), 'origin: http://evil.example'])).toBe(403)
    expect(await statusOf(`${AGENTS_PATH}?token=r1~harbour`, [host])).toBe(400)
    expect(gateway.gate.log).toEqual([])
    await lives()
  })

  test('GOV-4 connections are bounded', async () => {
    const small = await startToyGateway(undefined, { limits: { maxConnections: 1 } })
    await greeted(undefined, small)
    await expect(open('r2~harbour', small)).rejects.toThrow('503')
    await small.stop()
  })
})

describe('the connection', () => {
  test('COO-1 hello makes the agent known, its end makes it gone', async () => {
    const client = await greeted()
    expect(gateway.gate.profiles.get('r1')).toEqual({
      id: 'r1',
      kind: 'robot',
      capabilities: ['move'],
      capacity: 1,
      position: { x: 1, y: 2 },
      holding: ['w_1.0.1'],
    })
    client.webSocket.send(textOf({ type: 'heartbeat', beat: 7, tasks: [] }))
    await until(() => client.heard.some(({ type, beat }) => type === 'alive' && beat === 7))
    client.webSocket.terminate()
    await until(() => gateway.gate.log.length === 2)
    expect(gateway.gate.log).toEqual(['connected r1', 'disconnected r1'])
  })

  test('COO-1 of two connections of one agent the newer wins', async () => {
    const older = await greeted()
    const newer = await greeted()
    expect(await older.closed).toBe(4409)
    expect(gateway.gate.log).toEqual(['connected r1', 'disconnected r1', 'connected r1'])
    gateway.gate.offer('r1', 't')
    await until(() => newer.heard.some(({ type }) => type === 'offer'))
  })

  const accept = textOf({ type: 'accept', task: 't' })
  test.each<[string, number, readonly (string | Buffer)[]]>([
    ['a message before hello', 4400, [accept]],
    ['hello twice', 4400, [textOf(hello), textOf(hello)]],
    ['another agent’s name', 4403, [textOf({ ...hello, agent: 'r2' })]],
    ['another version', 4406, ['{"type":"hello","protocol":99}']],
    ['no JSON', 4400, [textOf(hello), '{']],
    ['an unknown type', 4400, [textOf(hello), '{"type":"dance"}']],
    ['a key that reaches for the prototype', 4400, [textOf(hello), '{"type":"accept","task":"t","__proto__":{"x":1}}']],
    ['deep nesting', 4400, [textOf(hello), '['.repeat(50_000) + ']'.repeat(50_000)]],
    ['a message of the other direction', 4400, [textOf(hello), '{"type":"recorded","task":"t"}']],
    ['binary', 1003, [textOf(hello), Buffer.from(accept)]],
    ['an oversized frame', 1009, [textOf(hello), ' '.repeat(256 * 1024 + 1)]],
    ['a flood of messages', 1008, [textOf(hello), ...Array<string>(2000).fill(accept)]],
    ['a flood of bytes', 1008, [textOf(hello), ...Array<string>(30).fill(`${accept}${' '.repeat(200_000)}`)]],
  ])('GOV-4 %s closes with %i, and the gateway lives', async (_, code, frames) => {
    const client = await open()
    for (const frame of frames) client.webSocket.send(frame)
    expect(await client.closed).toBe(code)
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false)
    await lives()
    const { log } = gateway.gate
    expect(log.filter((line) => line.startsWith('connected'))).toHaveLength(log.filter((line) => line.startsWith('disconnected')).length)
  })

  test('GOV-4 frames that break the WebSocket protocol close it, and the gateway lives', async () => {
    const broken: readonly [number, readonly number[]][] = [
      [1007, [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]], // bad UTF-8
      [1002, [0xf1, 0x80, 0, 0, 0, 0]], // reserved bits
      [1002, [0x83, 0x80, 0, 0, 0, 0]], // reserved opcode
      [1002, [0x81, 0x02, 0x7b, 0x7d]], // unmasked
    ]
    for (const [code, bytes] of broken) {
      const client = await open()
      // Below ws's own framing, as a hostile peer would.
      Reflect.get(client.webSocket, '_socket').write(Buffer.from(bytes))
      expect(await client.closed).toBe(code)
    }
    await lives()
  })

  test('GOV-4 a flood of pings ends the connection', async () => {
    const client = await greeted()
    for (let ping = 0; ping < 2000; ping += 1) client.webSocket.ping()
    // 1006 where ws itself gave up first, on pongs that pile up.
    expect([1006, 1008]).toContain(await client.closed)
    await lives()
  })

  test('GOV-4 silence before hello closes with 4408', async () => {
    const client = await open()
    gateway.clock.pass(5000)
    expect(await client.closed).toBe(4408)
  })

  test('COO-1 a connection that answers no ping is given up, though TCP still holds', async () => {
    const client = await greeted()
    client.webSocket.pause()
    gateway.clock.pass(10_000)
    // The pong to the first ping may still have come; the second ping meets silence for certain.
    gateway.clock.pass(10_000)
    await until(() => gateway.gate.log.includes('disconnected r1'))
    client.webSocket.resume()
    expect(await client.closed).toBe(1006)
  })

  test('GOV-4 one who never reads is cut off', async () => {
    const client = await greeted()
    client.webSocket.pause()
    let sent = 0
    while (!gateway.gate.log.includes('disconnected r1')) {
      gateway.gate.offer('r1', `t${sent}`, { input: Array(4).fill('x'.repeat(60_000)) })
      sent += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    gateway.clock.pass(5000)
    client.webSocket.resume()
    expect([1006, 1013]).toContain(await client.closed)
  })

  test('an offer that no frame can carry is answered for the agent', async () => {
    await greeted()
    gateway.gate.offer('r1', 'huge', { input: Array(5).fill('x'.repeat(60_000)) })
    await until(() => gateway.gate.results.length === 1)
    expect(gateway.gate.results[0]).toMatchObject({ task: 'huge', outcome: { ok: false, error: { code: 'unsendable', retryable: false } } })
  })

  test('GOV-4 a reason too long or broken for a frame is cut, and the stop arrives', async () => {
    const client = await greeted()
    gateway.gate.send('r1', { type: 'stop', task: 't', reason: `\ud83d${'k'.repeat(70_000)}` })
    await until(() => client.heard.some(({ type }) => type === 'stop'))
    const stop = client.heard.find(({ type }) => type === 'stop')
    expect(parseDown(JSON.stringify(stop)).ok).toBe(true)
  })

  test('GOV-4 what no frame can carry ends that connection, and the gateway lives', async () => {
    const client = await greeted()
    gateway.gate.send('r1', { type: 'recorded', task: 't'.repeat(70_000) })
    expect(await client.closed).toBe(1011)
    await lives()
  })

  test('an agent whose credentials were revoked is expelled', async () => {
    const client = await greeted()
    gateway.agents.expel('r1')
    expect(await client.closed).toBe(4401)
    expect(gateway.gate.log).toEqual(['connected r1', 'disconnected r1'])
  })
})
