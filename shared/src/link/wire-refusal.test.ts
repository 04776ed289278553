import { expect, test } from 'vitest'
import type { Json } from '../values/json.ts'
import { refusal } from '../values/refusal.ts'
import { byeOf } from './close.ts'
import { decodeUp } from './codec.ts'
import { commonVersion } from './versions.ts'
import { wireRefusal } from './wire-refusal.ts'

const nested = (depth: number): Json => (depth === 0 ? 1 : { in: [nested(depth - 1)] })

test.each<[string, Json, boolean]>([
  ['small details', { supported: [1, 2] }, true],
  ['deep details', nested(20), false],
  ['long details', 'x'.repeat(5000), false],
])('%s', (_, details, kept) => {
  expect('details' in wireRefusal(refusal('give-up', 'x', 'y', details))).toBe(kept)
})

test('whatever the reason, its bye can be read', () => {
  const output = byeOf({ code: 4503, reason: refusal('give-up', 'c'.repeat(99), 'm'.repeat(9999), nested(30)) })
  expect(output.type === 'send' && decodeUp(output.bytes).ok).toBe(true)
})

test('L4 the highest version that both ends speak', () => {
  expect([commonVersion([1, 2, 5], [1, 2, 3]), commonVersion([4], [1, 2])]).toEqual([2, undefined])
})
