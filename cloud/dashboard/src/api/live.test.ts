import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type LiveOptions, openLive, parseMessage } from './live.ts'

class FakeSocket extends EventTarget {
  readonly sent: string[] = []
  closed = false
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.closed = true
  }
  say(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }
}

const setUp = (overrides: Partial<LiveOptions> = {}) => {
  const sockets: FakeSocket[] = []
  const seen: string[] = []
  let tickets = 0
  const live = openLive({
    ticket: async () => ({ ok: true, value: `t${++tickets}` }),
    open: (ticket) => {
      seen.push(`open ${ticket}`)
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    random: () => 1,
    onPhase: (phase) => seen.push(phase),
    onMessage: (message) => seen.push(`message ${message.type}`),
    onUnauthorized: () => seen.push('unauthorized'),
    ...overrides,
  })
  return { live, sockets, seen }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('takes a ticket, subscribes when open, and is live at the hello', async () => {
  const { sockets, seen } = setUp()
  await vi.advanceTimersByTimeAsync(0)
  sockets[0]!.dispatchEvent(new Event('open'))
  expect(sockets[0]!.sent).toEqual(['{"type":"subscribe"}'])
  sockets[0]!.say({ type: 'hello', at: 1 })
  expect(seen).toEqual(['connecting', 'open t1', 'live', 'message hello'])
})

test('V2 V3 every attempt has a ticket of its own, and waits double until a hello', async () => {
  const { sockets, seen } = setUp()
  await vi.advanceTimersByTimeAsync(0)
  sockets[0]!.dispatchEvent(new Event('close'))
  await vi.advanceTimersByTimeAsync(1_000)
  sockets[1]!.dispatchEvent(new Event('close'))
  await vi.advanceTimersByTimeAsync(1_999)
  expect(sockets).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  sockets[2]!.say({ type: 'hello', at: 1 })
  sockets[2]!.dispatchEvent(new Event('close'))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(seen.filter((line) => line.startsWith('open'))).toEqual(['open t1', 'open t2', 'open t3', 'open t4'])
})

test('V1 a dropped socket is closed and no longer heard', async () => {
  const { live, sockets, seen } = setUp()
  await vi.advanceTimersByTimeAsync(0)
  sockets[0]!.say({ type: 'hello', at: 1 })
  live.drop()
  sockets[0]!.say({ type: 'hello', at: 2 })
  sockets[0]!.dispatchEvent(new Event('close'))
  expect(sockets[0]!.closed).toBe(true)
  expect(seen.slice(2)).toEqual(['live', 'message hello', 'waiting'])
})

test('hurry tries at once, and does nothing while connected', async () => {
  const { live, sockets } = setUp()
  await vi.advanceTimersByTimeAsync(0)
  live.hurry()
  sockets[0]!.dispatchEvent(new Event('close'))
  live.hurry()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sockets).toHaveLength(2)
})

test('closed while a ticket is on its way: no socket is opened', async () => {
  const { live, sockets } = setUp()
  live.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(sockets).toHaveLength(0)
})

test('a refused token ends the attempts', async () => {
  const { seen } = setUp({ ticket: async () => ({ ok: false, failure: { kind: 'unauthorized' } }) })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(seen).toEqual(['connecting', 'unauthorized'])
})

test('what is not understood is no message', () => {
  for (const text of ['', '{', 'null', '[]', '{"type":"surprise"}', 7, undefined]) expect(parseMessage(text)).toBeUndefined()
})
