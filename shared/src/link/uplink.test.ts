import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { decodeUp, encodeMessage } from './codec.ts'
import type { Down } from './messages/index.ts'
import { uplinkStatus } from './status.ts'
import { DEFAULT_TIMING } from './timing.ts'
import { openUplink, stepUplink } from './uplink.ts'
import type { Uplink, UplinkInput, UplinkOutput } from './uplink-state.ts'

const at = (monotonic: number) => ({ wall: 1_000_000 + monotonic, monotonic, random: 0 })
const settings = { node: 'gate', life: 'l1', homes: ['harbour-a'], timing: DEFAULT_TIMING }
const received = (message: Down, session = 1): UplinkInput => ({ type: 'received', bytes: encodeMessage(message), session })
const cursors: UplinkInput = { type: 'cursors', generation: 'gg', cursors: [], refusals: [], session: 1 }
const theirs = [{ home: 'harbour-a', generation: 'gg', sequence: 4 }]
const welcome = { type: 'welcome', version: 1, hub: 'cloud', generation: 'gc', cursors: theirs, serverTime: 999_000 } as const
const start: UplinkInput = { type: 'start' }
const connected: UplinkInput = { type: 'connected', session: 1 }
const closed: UplinkInput = { type: 'closed', code: 1006, reason: '', session: 1 }
const toLive = [start, connected, cursors, received(welcome)]
const idle: UplinkInput = { type: 'feed-page', home: 'harbour-a', after: 4, entries: [], end: 4, session: 1 }

const run = (...inputs: readonly UplinkInput[]): { state: Uplink; outputs: readonly UplinkOutput[] } =>
  inputs.reduce<{ state: Uplink; outputs: readonly UplinkOutput[] }>(({ state }, input) => stepUplink(state, input, at(0)), {
    state: openUplink(settings),
    outputs: [],
  })

/** Outputs in a few words: messages by type, a bye with its code. */
const words = (outputs: readonly UplinkOutput[]): readonly string[] =>
  outputs.map((output) => {
    if (output.type === 'wake-at') return `wake-at ${output.monotonic}`
    const decoded = output.type === 'send' ? decodeUp(output.bytes) : undefined
    if (!decoded?.ok) return output.type
    return decoded.value.type === 'bye' ? `bye ${decoded.value.code} ${decoded.value.reason.code}` : decoded.value.type
  })

describe('an uplink', () => {
  test.each<[string, readonly UplinkInput[], string, readonly string[]]>([
    ['start', [start], 'connecting', ['connect', 'wake-at 30000']],
    ['connected', [start, connected], 'recalling', ['load-cursors']],
    ['cursors', [start, connected, cursors], 'greeting', ['hello']],
    ['welcome', toLive, 'live', ['acknowledged', 'read-feed', 'wake-at 10000']],
    ['closed when connecting', [start, closed], 'backing-off', ['wake-at 250']],
    ['closed when live', [...toLive, closed], 'backing-off', ['wake-at 250']],
    ['stop when live', [...toLive, { type: 'stop' }], 'offline', ['bye 1000 stopped', 'disconnect']],
    ['stop when connecting', [start, { type: 'stop' }], 'offline', ['disconnect']],
    ['stop when backing off', [start, closed, { type: 'stop' }], 'offline', []],
    ['start when live', [...toLive, start], 'live', []],
  ])('goes on by %s', (_, inputs, state, outputs) => {
    const step = run(...inputs)
    expect([step.state.state.name, words(step.outputs)]).toEqual([state, outputs])
  })

  test.each<[string, readonly UplinkInput[], string]>([
    ['a push before the welcome', [start, connected, cursors, received({ type: 'ping', n: 1 })], 'bye 4400 out-of-turn'],
    ['a second welcome', [...toLive, received(welcome)], 'bye 4400 out-of-turn'],
    ['an unknown version', [start, connected, cursors, received({ ...welcome, version: 2 })], 'bye 4406 no-common-version'],
    ['bytes that are no message', [...toLive, { type: 'received', bytes: new Uint8Array(5), session: 1 }], 'bye 4400 bad-frame'],
    ['a phantom ack', [...toLive, received({ type: 'ack', home: 'harbour-a', generation: 'gg', sequence: 9 })], 'bye 4409 resync'],
  ])('GOV-4 answers %s and backs off', (_, inputs, answer) => {
    const step = run(...inputs)
    expect([step.state.state.name, words(step.outputs).slice(0, 2)]).toEqual(['backing-off', [answer, 'disconnect']])
  })

  test('a bye of the hub is shown, not answered', () => {
    const reason = refusal('ask-person', 'not-allowed', 'This node was revoked.')
    const step = run(...toLive, received({ type: 'bye', code: 4403, reason }))
    expect(words(step.outputs)).toEqual(['disconnect', 'wake-at 250'])
    expect(uplinkStatus(step.state, at(100))).toMatchObject({ lastError: { reason, agoMs: 100 }, nextTryInMs: 150 })
  })

  test('U1 answers of an earlier session, or after it was given up, change nothing', () => {
    const { state } = run(...toLive)
    for (const input of [received({ type: 'ping', n: 1 }, 0), { ...closed, session: 0 } as UplinkInput]) {
      expect(stepUplink(state, input, at(5))).toEqual({ state, outputs: [] })
    }
    const given = run(...toLive, closed).state
    for (const input of [connected, cursors, received(welcome), closed, idle]) {
      expect(stepUplink(given, input, at(5))).toEqual({ state: given, outputs: [] })
    }
  })

  test('U2 an early wake is told again when to come', () => {
    expect(words(run(start, closed, { type: 'wake' }).outputs)).toEqual(['wake-at 250'])
  })

  test.each<[string, readonly UplinkInput[]]>([
    ['a dial', [start]],
    ['the store', [start, connected]],
    ['a welcome', [start, connected, cursors]],
  ])('U2 does not wait for ever for %s', (_, inputs) => {
    const { state } = run(...inputs)
    expect(stepUplink(state, { type: 'wake' }, at(29_999)).state.state.name).toBe(state.state.name)
    const late = stepUplink(state, { type: 'wake' }, at(30_000)).state
    expect([late.state.name, late.lastError?.reason.code]).toEqual(['backing-off', 'peer-silent'])
  })

  test('U4 the back-off grows to its bound and no further', () => {
    let { state } = run(start)
    const waits: number[] = []
    for (let time = 0, session = 1; session < 12; session++) {
      state = stepUplink(state, { ...closed, session } as UplinkInput, { ...at(time), random: 2 ** 32 - 1 }).state
      const until = state.state.name === 'backing-off' ? state.state.until : Number.NaN
      waits.push(until - time)
      time = until
      state = stepUplink(state, { type: 'wake' }, at(time)).state
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000])
  })

  test('U4 U5 a session that lived clears the error and the back-off', () => {
    let { state } = run(start, closed)
    const inputs = [
      { type: 'wake' } as const,
      ...[connected, cursors, received(welcome, 2), idle].map((input) => ({ ...input, session: 2 })),
    ]
    for (const input of inputs) state = stepUplink(state, input, at(250)).state
    expect([state.state.name, state.failures, state.lastError?.reason.code]).toEqual(['live', 1, 'connection-closed'])
    for (let time = 10_250; time <= 30_250; time += 10_000) {
      state = stepUplink(state, received({ type: 'pong', n: 0 }, 2), at(time)).state
      state = stepUplink(state, { type: 'wake' }, at(time)).state
    }
    expect([state.state.name, state.failures, state.lastError]).toEqual(['live', 0, undefined])
  })

  test('C2 a half-open connection is cut at the silence limit', () => {
    let { state } = run(...toLive, idle)
    for (const time of [10_000, 20_000, 30_000]) state = stepUplink(state, { type: 'wake' }, at(time)).state
    expect([state.state.name, state.lastError?.reason.code]).toEqual(['backing-off', 'peer-silent'])
  })

  test('C2 I12 a hub that lives but never acknowledges is a stall, and a visible one', () => {
    const entries = [{ sequence: 5, group: 1, document: 'w_1', origin: 'gate', update: new Uint8Array(3) }]
    let { state } = run(...toLive, { type: 'feed-grew', home: 'harbour-a', end: 5, count: 1 }, { ...idle, entries, end: 5 })
    for (const time of [10_000, 20_000, 30_000]) {
      expect(uplinkStatus(state, at(time))).toMatchObject({ state: 'live', pending: 1, oldestMs: time, waitingMs: time, clockSkewMs: 1000 })
      state = stepUplink(state, received({ type: 'ping', n: 1 }), at(time)).state
      state = stepUplink(state, { type: 'wake' }, at(time)).state
    }
    expect(uplinkStatus(state, at(30_000))).toMatchObject({
      state: 'backing-off',
      pending: 1,
      lastError: { reason: { code: 'no-progress' } },
    })
  })

  test('SYN-11 a restored hub: what it lost is pending again, and its new feed is read from the start', () => {
    let again = stepUplink(run(...toLive, idle, closed).state, { type: 'wake' }, at(250)).state
    const restored = { ...welcome, generation: 'gc2', cursors: [{ home: 'harbour-a', generation: 'gg', sequence: 1 }] }
    const held = [{ home: 'harbour-a', generation: 'gc', sequence: 70 }]
    for (const input of [connected, { ...cursors, cursors: held } as UplinkInput, received(restored, 2)]) {
      again = stepUplink(again, { ...input, session: 2 } as UplinkInput, at(250)).state
    }
    expect(uplinkStatus(again, at(250))).toMatchObject({ state: 'live', pending: 3 })
    const live = again.state.name === 'live' ? again.state.conversation.streams : undefined
    expect([live?.senders.get('harbour-a')?.sent, live?.receivers.get('harbour-a')?.cursor]).toEqual([1, 0])
  })
})
