/** What a peer can make this end hold: nothing without a bound, whatever it sends or leaves unread. */
import { expect, test } from 'vitest'
import { DEFAULT_TIMING, encodeMessage, type Up } from '../link/index.ts'
import { FRAMES_BURST, MAX_BUFFERED_BYTES } from '../link/limits.ts'
import type { Connection, Dial } from '../ports/transport.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { refusal } from '../values/refusal.ts'
import { ok } from '../values/result.ts'
import { DECIDED } from './answers.ts'
import { HubLoop } from './hub-loop.ts'
import { type LinkedEngine, LinkPort, MAX_UNNOTED } from './link-port.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { flush, ManualClock } from './test-support.ts'
import { UplinkLoop } from './uplink-loop.ts'

const HOME = 'harbour'

/** Refuses all that it is sent. */
const engine: LinkedEngine = {
  submit: async (input) => {
    const updates = input.kind === 'received' ? input.updates : []
    const rejected = updates.map(({ document, sequence }) => ({ document, sequence, refusal: refusal('give-up', 'forged', 'no') }))
    return ok({ ...DECIDED, rejected })
  },
  onCommitted: () => () => {},
  recallCursor: async () => undefined,
}

const fakeConnection = () => {
  const connection = { bufferedBytes: 0, ends: [] as (readonly [number, string])[], send: () => {}, close: () => {} }
  return { ...connection, close: (code: number, reason: string) => connection.ends.push([code, reason]) }
}

const hello: Up = { type: 'hello', versions: [1], node: 'gate', life: 'l', generation: 'g', homes: [HOME], cursors: [] }

const liveHub = async () => {
  const clock = new ManualClock()
  const port = new LinkPort(engine, openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'c' }), clock)
  const connection = fakeConnection()
  const principal = { node: 'gate', homes: [HOME] }
  const settings = { hub: 'cloud', principal, timing: DEFAULT_TIMING }
  const loop = new HubLoop({ port, clock, settings, connection, onEnded: () => {} })
  const say = (message: Up): void => loop.received(encodeMessage(message))
  say(hello)
  await flush()
  expect(loop.status.state).toBe('live')
  return { loop, connection, say }
}

test('GOV-4 a child that never reads is cut off with 1013', async () => {
  const { loop, connection, say } = await liveHub()
  connection.bufferedBytes = MAX_BUFFERED_BYTES
  say({ type: 'ping', n: 1 })
  expect(loop.status.state).toBe('live')
  connection.bufferedBytes += 1
  say({ type: 'ping', n: 2 })
  expect([loop.status.state, connection.ends]).toEqual(['ended', [[1013, 'reads too slowly']]])
})

test('GOV-4 a child that floods is cut off with 1008', async () => {
  const { loop, connection, say } = await liveHub()
  for (let n = 0; n < FRAMES_BURST + 1; n += 1) say({ type: 'ping', n })
  expect([loop.status.state, connection.ends]).toEqual(['ended', [[1008, 'too many frames']]])
})

test('GOV-4 a child that notes no refusal is told too-many-refusals, and nothing more of it is taken', async () => {
  const { loop, say } = await liveHub()
  for (let to = 1; to <= MAX_UNNOTED + 1; to += 1) {
    const updates = [{ document: 'w_1', sequence: to, update: new Uint8Array([1]), more: false }]
    say({ type: 'push', home: HOME, generation: 'g', group: to, from: to - 1, to, last: true, updates })
    await flush()
    if (to <= MAX_UNNOTED) expect(loop.status.state).toBe('live')
  }
  expect(loop.status).toMatchObject({ state: 'ended', endedBy: { code: 'too-many-refusals' } })
})

test('GOV-4 a hub that floods or never reads is left, and dialled again later', async () => {
  const clock = new ManualClock()
  const connection = fakeConnection()
  let handlers: Parameters<Dial>[0] | undefined
  const dial = (given: Parameters<Dial>[0]): Connection => {
    handlers = given
    return connection
  }
  const timing = DEFAULT_TIMING
  const settings = { node: 'gate', life: 'l', homes: [HOME], timing }
  const store = openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: 'g' })
  const loop = new UplinkLoop({ engine, store, clock, random: { u32: () => 7 }, dial, hub: 'cloud', settings })
  loop.start()
  handlers?.onOpen()
  await flush()
  const welcome = { type: 'welcome', version: 1, hub: 'cloud', generation: 'c', cursors: [], serverTime: 0 } as const
  handlers?.onMessage(encodeMessage(welcome))
  for (let n = 0; n < FRAMES_BURST; n += 1) handlers?.onMessage(encodeMessage({ type: 'ping', n }))
  expect([loop.status.state, connection.ends]).toEqual(['backing-off', [[1008, 'too many frames']]])

  connection.bufferedBytes = MAX_BUFFERED_BYTES + 1
  await clock.advance(timing.maxRetryMs)
  handlers?.onOpen()
  await flush()
  expect([loop.status.state, connection.ends[1]]).toEqual(['backing-off', [1013, 'reads too slowly']])
  loop.stop()
})
