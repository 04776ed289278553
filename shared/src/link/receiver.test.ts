import { describe, expect, test } from 'vitest'
import { refusal } from '../values/refusal.ts'
import { decodeDown } from './codec.ts'
import type { StreamOutput } from './exchange.ts'
import { MAX_HELD_BYTES } from './limits.ts'
import type { Push } from './messages/index.ts'
import { commitDone, commitFailed, openReceiver, type Receiver, receivePush } from './receiver.ts'
import type { Step } from './step.ts'

const push = (from: number, to: number, { last = true, generation = 'g1', size = 3, at = to, more = false } = {}): Push => {
  const updates = [{ document: 'w_1', sequence: at, update: new Uint8Array(size), more }]
  return { type: 'push', home: 'h', generation, group: to, from, to, last, updates }
}

/** Outputs in a few words: `commit 0-2 of 2`, `ack 2`, `reject 3 forged`. */
const words = (outputs: readonly StreamOutput[]): readonly string[] =>
  outputs.map((output) => {
    if (output.type === 'commit') return `commit ${output.from}-${output.to} of ${output.updates.length}`
    const decoded = output.type === 'send' ? decodeDown(output.bytes) : undefined
    if (decoded?.ok && decoded.value.type === 'ack') return `ack ${decoded.value.sequence}`
    if (decoded?.ok && decoded.value.type === 'reject') return `reject ${decoded.value.sequence} ${decoded.value.refusal.code}`
    return output.type
  })

const feed = (receiver: Receiver, ...pushes: readonly Push[]): Step<Receiver> =>
  pushes.reduce<Step<Receiver>>((step, one) => receivePush(step.state, one), { state: receiver, outputs: [] })

describe('a receiver', () => {
  const fresh = openReceiver('h', 'g1', 0)

  test('R3 commits a whole group, and acknowledges it only then', () => {
    const received = receivePush(fresh, push(0, 2))
    expect(words(received.outputs)).toEqual(['commit 0-2 of 1'])
    expect(words(commitDone(received.state, []).outputs)).toEqual(['ack 2'])
  })

  test('R2 groups that arrive during a commit are joined into the next one', () => {
    const during = feed(fresh, push(0, 1), push(1, 2), push(2, 3), push(3, 5, { last: false, at: 4 }))
    expect(words(during.outputs)).toEqual(['ack 0'])
    const after = commitDone(during.state, [])
    expect(words(after.outputs)).toEqual(['ack 1', 'commit 1-3 of 2'])
    expect(words(commitDone(after.state, []).outputs)).toEqual(['ack 3'])
  })

  test('R3 a push that leaves its group open is answered with the durable cursor', () => {
    expect(words(receivePush(openReceiver('h', 'g1', 8), push(8, 9, { last: false })).outputs)).toEqual(['ack 8'])
  })

  test('R1 a duplicate is acknowledged again and not committed', () => {
    expect(words(receivePush(openReceiver('h', 'g1', 8), push(3, 8)).outputs)).toEqual(['ack 8'])
  })

  test('R1 R3 a duplicate of what is still being committed is not acknowledged', () => {
    expect(feed(fresh, push(0, 2), push(0, 2))).toMatchObject({ outputs: [], state: { cursor: 0, waiting: undefined } })
  })

  test.each([
    ['a gap', push(1, 2)],
    ['a push that straddles the cursor', push(-1, 2)],
    ['another generation', push(0, 2, { generation: 'g2' })],
    ['an update from before its push', push(0, 2, { at: 0 })],
    ['an update from after its push', push(0, 2, { at: 3 })],
    ['an update that never ends', push(0, 2, { more: true })],
  ])('R1 %s ends the session and commits nothing', (_, bad) => {
    expect(receivePush(fresh, bad)).toMatchObject({ outputs: [], end: { code: 4409, reason: { code: 'resync' } } })
  })

  test('R4 a refused update is rejected, and the cursor passes it', () => {
    const refused = { document: 'w_1', sequence: 2, refusal: refusal('give-up', 'forged', 'no') }
    const step = commitDone(receivePush(fresh, push(0, 2)).state, [refused])
    expect(words(step.outputs)).toEqual(['reject 2 forged', 'ack 2'])
  })

  test('R4 a refusal too big for a frame still gets through', () => {
    const endless = refusal('give-up', 'forged', 'x'.repeat(2_000_000), { list: Array.from({ length: 9000 }, () => 1) })
    const step = commitDone(receivePush(fresh, push(0, 2)).state, [{ document: 'w_1', sequence: 2, refusal: endless }])
    expect(words(step.outputs)).toEqual(['reject 2 forged', 'ack 2'])
  })

  test('R5 a failed commit ends the session with its reason', () => {
    const { state } = receivePush(fresh, push(0, 2))
    expect(commitFailed(state, refusal('retry-later', 'disk-full', 'full'))).toMatchObject({
      outputs: [],
      end: { code: 4503, reason: { code: 'disk-full' } },
    })
  })

  test('R5 an answer to no commit changes nothing', () => {
    expect(commitDone(fresh, [])).toEqual({ state: fresh, outputs: [] })
    expect(commitFailed(fresh, refusal('retry-later', 'disk-full', 'full'))).toEqual({ state: fresh, outputs: [] })
  })

  test('R6 I28 holds no more than it must', () => {
    let step: Step<Receiver> = { state: fresh, outputs: [] }
    let pushes = 0
    while (step.end === undefined) {
      step = receivePush(step.state, push(0, 0, { last: false, size: 1_000_000, at: 1, more: true }))
      pushes += 1
    }
    expect(step.end).toMatchObject({ code: 4413, reason: { code: 'over-credit' } })
    expect(pushes).toBe(Math.ceil(MAX_HELD_BYTES / 1_000_160))
  })
})
