import fc from 'fast-check'
import * as encoding from 'lib0/encoding'
import { describe, expect, test } from 'vitest'
import { decodeDown, decodeUp, encodeMessage } from './codec.ts'
import { MAX_FRAME_BYTES, MAX_FRAME_VALUES } from './limits.ts'
import type { Up } from './messages/index.ts'

const any = (value: encoding.AnyEncodable): Uint8Array => encoding.encode((encoder) => encoding.writeAny(encoder, value))
const push: Up = {
  type: 'push',
  home: 'harbour-a',
  generation: 'g1',
  group: 7,
  from: 3,
  to: 5,
  last: true,
  updates: [{ document: 'w_1', sequence: 5, update: new Uint8Array([1, 2, 3]), more: false }],
}
const reject: Up = {
  type: 'reject',
  home: 'harbour-a',
  generation: 'g1',
  document: 'w_1',
  sequence: 2 ** 40,
  refusal: { next: 'give-up', code: 'forged', message: 'ünïcode', details: { deep: [1.5, null, true, { a: 'b' }] } },
}

describe('frames', () => {
  test.each([push, reject, { type: 'ping', n: 0 } as const])('a message comes out as it went in: $type', (message) => {
    expect(decodeUp(encodeMessage(message))).toEqual({ ok: true, value: message })
  })

  test('F2 what was read does not change with the bytes it came from', () => {
    const pool = new Uint8Array(4096)
    const bytes = encodeMessage(push)
    pool.set(bytes, 100)
    const decoded = decodeUp(pool.subarray(100, 100 + bytes.length))
    pool.fill(0xff)
    expect(decoded).toEqual({ ok: true, value: push })
  })

  test('GOV-4 B16 any bytes give a message or a refusal, never a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeUp(bytes)
        if (!decoded.ok) expect(decoded.error.code).toBe('bad-frame')
      }),
      { numRuns: 2000 },
    )
  })

  test('GOV-4 B16 a message with one byte changed, added or cut gives a message or a refusal', () => {
    const good = encodeMessage(push)
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.constantFrom('change', 'cut', 'add'), (at, byte, how) => {
        const bad = how === 'change' ? good.with(at, byte) : how === 'cut' ? good.slice(0, at) : new Uint8Array([...good, byte])
        const decoded = decodeUp(bad)
        if (how !== 'change') expect(decoded.ok).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  const nested = (depth: number): encoding.AnyEncodable => (depth === 0 ? 1 : [nested(depth - 1)])
  const hostile: readonly (readonly [string, Uint8Array])[] = [
    ['empty', new Uint8Array()],
    ['500,000 arrays deep', new Uint8Array(1_000_000).map((_, index) => (index % 2 === 0 ? 117 : 1))],
    ['a depth just over the limit', any({ type: 'ping', n: nested(20) })],
    ['more values than a frame may hold', any(Array.from({ length: MAX_FRAME_VALUES + 1 }, () => null))],
    ['an array that claims 2⁵⁰ items', encoding.encode((encoder) => encoding.writeUint8Array(encoder, lengthOnly(117)))],
    ['a byte string longer than the frame', encoding.encode((encoder) => encoding.writeUint8Array(encoder, lengthOnly(116)))],
    ['bytes after the message', new Uint8Array([...encodeMessage({ type: 'ping', n: 1 }), 126])],
    ['a key twice', new Uint8Array([118, 2, 1, 97, 126, 1, 97, 126])],
    ['undefined', new Uint8Array([127])],
    ['a big integer', any({ type: 'ping', n: 1n })],
    ['not a number', any({ type: 'ping', n: Number.NaN })],
    ['a negative sequence', any({ type: 'ping', n: -1 })],
    ['an unknown type', any({ type: 'shutdown' })],
    ['a member too many', any({ type: 'ping', n: 1, admin: true })],
    ['a home that is a path', any({ type: 'ack', home: '../cloud', generation: 'g', sequence: 1 })],
    ['an update that is no bytes', any({ ...push, updates: [{ document: 'w_1', sequence: 5, update: [1], more: false }] })],
    ['invalid UTF-8', new Uint8Array([118, 1, 2, 0xff, 0xfe, 126])],
  ]
  test.each(hostile)('GOV-4 B16 refused: %s', (_, bytes) => {
    expect(decodeUp(bytes)).toMatchObject({ ok: false, error: { next: 'fix-request', code: 'bad-frame' } })
  })

  test('GOV-4 B12 a frame over the limit is refused unread', () => {
    const decoded = decodeUp(new Uint8Array(MAX_FRAME_BYTES + 1))
    expect(decoded).toMatchObject({ ok: false, error: { code: 'bad-frame', message: expect.stringContaining('1048577 bytes') } })
  })

  test.each(['__proto__', 'constructor', 'prototype'])('GOV-4 B7 the key %s is refused, and pollutes nothing', (key) => {
    const bytes = encoding.encode((encoder) => {
      encoding.writeUint8(encoder, 118)
      encoding.writeVarUint(encoder, 1)
      encoding.writeVarString(encoder, key)
      encoding.writeAny(encoder, { polluted: true })
    })
    expect(decodeUp(bytes).ok).toBe(false)
    expect('polluted' in {}).toBe(false)
  })

  test('a hello is not for children, nor a welcome for hubs', () => {
    const hello = encodeMessage({ type: 'hello', versions: [1], node: 'a', life: 'l', generation: 'g', homes: ['a'], cursors: [] })
    const welcome = encodeMessage({ type: 'welcome', version: 1, hub: 'h', generation: 'g', cursors: [], serverTime: 0 })
    expect([decodeUp(hello).ok, decodeDown(hello).ok, decodeUp(welcome).ok, decodeDown(welcome).ok]).toEqual([true, false, false, true])
  })
})

function lengthOnly(tag: number): Uint8Array {
  return new Uint8Array([tag, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02])
}
