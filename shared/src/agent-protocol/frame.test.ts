import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { frameOf, MAX_AGENT_FRAME_BYTES, parseDown, parseUp } from './frame.ts'
import type { DownMessage } from './messages/down.ts'
import type { UpMessage } from './messages/up.ts'

const up: readonly UpMessage[] = [
  { type: 'hello', protocol: 1, agent: 'r1', kind: 'robot', capabilities: ['move'], capacity: 2, holding: ['w_1.0.1'], sdk: 'x/1' },
  {
    type: 'heartbeat',
    beat: 3,
    tasks: [{ task: 'w_1.0.1', progress: 0.5 }, { task: 'w_1.1.c1' }],
    position: { x: 1, y: -2.5, map: 'quay' },
  },
  { type: 'accept', task: 'w_1.0.1' },
  { type: 'decline', task: 'w_1.0.1', reason: 'full' },
  { type: 'result', task: 'w_1.0.1', outcome: { ok: true, output: { moved: [1, null, 'ü'] } } },
  { type: 'result', task: 'w_1.0.1', outcome: { ok: false, error: { code: 'gripper-jammed', message: 'Jammed.', retryable: true } } },
  { type: 'stopped', task: 'w_1.0.1' },
]

const down: readonly DownMessage[] = [
  { type: 'welcome', protocol: 1, gateway: 'harbour-a', epoch: 4, heartbeatMs: 5000 },
  {
    type: 'offer',
    task: 'w_1.0.1',
    attempt: 1,
    epoch: 4,
    workflow: 'w_1',
    step: 'pick/2',
    title: 'Pick',
    capability: 'move',
    purpose: 'forward',
    input: { to: 'quay' },
    leaseMs: 60_000,
    mayFinishOffline: false,
  },
  { type: 'stop', task: 'w_1.0.1', reason: 'cancelled' },
  { type: 'recorded', task: 'w_1.0.1' },
  { type: 'forget', task: 'w_1.0.1' },
  { type: 'alive', beat: 3 },
  { type: 'refused', code: 'malformed-message', message: 'No.' },
]

const framed = (message: UpMessage | DownMessage): string => {
  const frame = frameOf(message)
  if (!frame.ok) throw new Error(frame.error.code)
  return frame.value
}

const upCode = (text: string): string => {
  const parsed = parseUp(text)
  return parsed.ok ? 'ok' : parsed.error.code
}

const resultWith = (output: string): string => `{"type":"result","task":"t","outcome":{"ok":true,"output":${output}}}`

describe('frames', () => {
  test('every message survives its frame', () => {
    for (const message of up) expect(parseUp(framed(message))).toEqual({ ok: true, value: message })
    for (const message of down) expect(parseDown(framed(message))).toEqual({ ok: true, value: message })
  })

  test('a message of the wrong direction is refused', () => {
    for (const message of down) expect(parseUp(framed(message)).ok).toBe(false)
    for (const message of up) expect(parseDown(framed(message)).ok).toBe(false)
  })

  test.each([
    ['', 'malformed-json'],
    ['{"type":"accept","task":"t"', 'malformed-json'],
    ['null', 'malformed-message'],
    ['[]', 'malformed-message'],
    ['{"type":"dance","task":"t"}', 'malformed-message'],
    ['{"type":"accept","task":"t","admin":true}', 'malformed-message'],
    ['{"type":"accept","task":"../etc"}', 'malformed-message'],
    ['{"type":"heartbeat","beat":1,"tasks":[{"task":"t","progress":1.01}]}', 'malformed-message'],
    ['{"type":"heartbeat","beat":1,"tasks":[{"task":"t","progress":NaN}]}', 'malformed-json'],
    ['{"type":"accept","task":"t","__proto__":{"admin":true}}', 'forbidden-key'],
    [resultWith('{"a":[{"__proto__":1}]}'), 'forbidden-key'],
    [resultWith('{"constructor":1}'), 'forbidden-key'],
    [resultWith('1e400'), 'bad-number'],
    [resultWith('"\\ud800"'), 'bad-text'],
    [resultWith('{"\\udc00":1}'), 'bad-text'],
    [resultWith('['.repeat(100) + ']'.repeat(100)), 'too-deep'],
    ['['.repeat(120_000), 'malformed-json'],
    ['['.repeat(100_000) + ']'.repeat(100_000), 'too-deep'],
    [resultWith(`[${'0,'.repeat(110_000)}0]`), 'too-many-values'],
    [resultWith(`"${'x'.repeat(70_000)}"`), 'text-too-long'],
    [resultWith(`{${Array.from({ length: 10_001 }, (_, n) => `"k${n}":0`).join(',')}}`), 'too-many-keys'],
    [' '.repeat(MAX_AGENT_FRAME_BYTES + 1), 'too-large'],
    [`"${'€'.repeat(MAX_AGENT_FRAME_BYTES / 3)}"`, 'too-large'],
    ['{"type":"hello","protocol":2,"new":"shape"}', 'protocol-unsupported'],
  ])('GOV-4 bad frame is refused as a value: %.60s', (text, code) => {
    expect(upCode(text)).toBe(code)
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  test('GOV-4 no text makes parsing throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => typeof parseUp(text).ok === 'boolean'))
  })

  test('GOV-4 a frame with any one piece cut out or doubled is refused or is a message', () => {
    const frames = up.map(framed)
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.nat(), fc.nat(20), fc.boolean(), (frame, at, length, doubled) => {
        const start = at % frame.length
        const piece = frame.slice(start, start + length)
        const text = frame.slice(0, start) + (doubled ? piece + piece : '') + frame.slice(start + length)
        expect(['ok', 'malformed-json', 'malformed-message', 'protocol-unsupported', 'bad-number']).toContain(upCode(text))
      }),
    )
  })

  test('a message the other side would refuse is not framed', () => {
    const shared: unknown[] = [0]
    let branch: unknown[] = shared
    for (let level = 0; level < 60; level += 1) branch = [branch, branch]
    // A handler in plain JavaScript may return anything.
    const outputs: unknown[] = [Number.NaN, new Date(0), undefined, () => 0, branch, 'x'.repeat(70_000), Array(5).fill('x'.repeat(60_000))]
    for (const output of outputs) {
      expect(frameOf({ type: 'result', task: 't', outcome: { ok: true, output: output as Json } }).ok).toBe(false)
    }
  })
})
