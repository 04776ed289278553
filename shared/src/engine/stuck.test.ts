/** Stuck sync is never silent (I12): whatever holds the line up, both ends say how much is pending, since when, why, and what is next. */
import { expect, test } from 'vitest'
import { encodeMessage, sentenceOf } from '../link/index.ts'
import type { Connection } from '../ports/transport.ts'
import { openMemoryStore } from '../store/memory/index.ts'
import { refusal } from '../values/refusal.ts'
import { CLOUD, GATE, LinkedPair, type PairOptions } from './linked-test-support.ts'
import { ENGINE_SCHEMAS } from './open.ts'
import { define, HOME, ManualClock, TASK } from './test-support.ts'
import { UplinkLoop } from './uplink-loop.ts'

const errand = define({ steps: { go: TASK } })
const storeOf = (name: string) => openMemoryStore({ schemas: ENGINE_SCHEMAS, generation: `${name}-1` })
const open = (options: Partial<PairOptions> = {}) =>
  LinkedPair.open({ definitions: [errand], gateStore: storeOf(GATE), cloudStore: storeOf(CLOUD), ...options })

test.each<[string, (pair: LinkedPair) => void, string]>([
  ['the hub is not there', ({ line }) => line.set('cut'), 'connection-closed'],
  ['the hub refuses the token', ({ line }) => line.set({ refusedWith: 4401 }), 'token-refused'],
  ['the line is half open', ({ line }) => line.set('silent'), 'peer-silent'],
  ["the hub's disk is full", ({ cloud }) => failing(cloud), 'store-disk-full'],
])('SYN-1 I12 %s: the gateway says what is pending, since when, why, and when it tries again', async (_, harm, code) => {
  const pair = await open()
  await pair.connect()
  harm(pair)
  await pair.gate.start(errand)
  await pair.clock.advance(60_000)
  const { state, pending, oldestMs, lastError, nextTryInMs } = pair.uplink.status
  expect(state).not.toBe('live')
  expect({ pending, code: lastError?.reason.code }).toEqual({ pending: 1, code })
  expect(oldestMs).toBeGreaterThanOrEqual(60_000)
  if (state === 'backing-off') expect(nextTryInMs).toBeGreaterThan(0)
  expect(sentenceOf(pair.uplink.status)).toContain('1 pending, oldest 600')
  expect(sentenceOf(pair.uplink.status)).toContain(`last error: ${lastError?.reason.message}`)
})

test.each<[string, Partial<PairOptions>, (pair: LinkedPair) => void, string]>([
  ['a node that speaks for a home it is not enrolled for', { enrolledFor: ['other'] }, () => {}, 'not-allowed'],
  ["a gateway's disk that is full", {}, ({ gate }) => failing(gate), 'store-disk-full'],
  ['a half-open line', {}, ({ line }) => line.set('silent'), 'peer-silent'],
])('SYN-1 I12 %s shows at the hub', async (_, options, harm, code) => {
  const pair = await open(options)
  await pair.connect()
  harm(pair)
  await pair.cloud.start(errand)
  await pair.clock.advance(60_000)
  const condition = pair.hub.condition(GATE)
  expect(condition).toMatchObject({ state: 'awaited', lastError: { reason: { code } } })
  if (options.enrolledFor === undefined) expect(condition.pending).toBe(1)
})

test('SYN-1 I12 an answer that is owed shows before it becomes an error', async () => {
  const pair = await open()
  await pair.connect()
  pair.line.set('silent')
  await pair.gate.start(errand)
  await pair.cloud.start(errand, {}, 'other')
  await pair.clock.advance(5_000)
  expect(pair.uplink.status).toMatchObject({ state: 'live', pending: 1, waitingMs: expect.any(Number) })
  expect(pair.uplink.status.waitingMs).toBeGreaterThan(4_000)
  expect(pair.hub.condition(GATE)).toMatchObject({ state: 'live', pending: 1, waitingMs: expect.any(Number) })
})

test('SYN-1 I12 when the cause is gone nothing is pending, and the error is forgotten once the line has lived', async () => {
  const pair = await open()
  await pair.connect()
  pair.line.set('cut')
  await pair.gate.start(errand)
  await pair.clock.advance(60_000)
  pair.line.set('open')
  await pair.clock.advance(120_000)
  const healthy = { state: 'live', pending: 0, oldestMs: undefined, lastError: undefined, waitingMs: undefined }
  expect(pair.uplink.status).toMatchObject(healthy)
  expect(pair.hub.condition(GATE)).toMatchObject(healthy)
})

test('SYN-11 I12 a clock that disagrees with the hub shows, and stops nothing', async () => {
  const pair = await open({ hubAheadMs: 3_600_000 })
  await pair.connect()
  await pair.gate.start(errand)
  await pair.clock.advance(1_000)
  expect(pair.uplink.status).toMatchObject({ state: 'live', pending: 0 })
  expect(pair.uplink.status.clockSkewMs).toBeCloseTo(-3_600_000, -2)
})

test.each<[string, number]>([
  ['no-common-version', 4406],
  ['over-credit', 4413],
  ['resync', 4409],
])('SYN-1 I12 a hub that says goodbye with %s is quoted', async (code, close) => {
  const clock = new ManualClock()
  const pair = await open()
  const bye = encodeMessage({ type: 'bye', code: close, reason: refusal('ask-person', code, `The reason is ${code}.`) })
  const { engine, store } = pair.gate
  const uplink = new UplinkLoop({
    engine,
    store,
    clock,
    random: { u32: () => 7 },
    hub: CLOUD,
    settings: SETTINGS,
    dial: ({ onOpen, onMessage }): Connection => {
      clock.after(1, onOpen)
      clock.after(2, () => onMessage(bye))
      return { bufferedBytes: 0, send: () => {}, close: () => {} }
    },
  })
  uplink.start()
  await clock.advance(100)
  expect(uplink.status).toMatchObject({ state: 'backing-off', lastError: { reason: { code } } })
  expect(sentenceOf(uplink.status)).toMatch(new RegExp(`last error: The reason is ${code}., next try in \\d+ ms`))
  uplink.stop()
})

const SETTINGS = {
  node: GATE,
  life: '1',
  homes: [HOME],
  timing: { pingMs: 100, silenceMs: 300, stallMs: 300, minRetryMs: 10_000, maxRetryMs: 20_000 },
}

function failing({ store }: { store: { failNext(error: { code: 'disk-full'; message: string }): void } }): void {
  for (let n = 0; n < 1_000; n += 1) store.failNext({ code: 'disk-full', message: 'no space left' })
}
