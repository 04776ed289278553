import { describe, expect, test } from 'vitest'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { declareLost, type Enrolment, grantTo, handOver, type KnownLease, refuseStale, seen } from './grants.ts'
import { type Lease, UNTIL_RELEASED } from './lease.ts'

const TIMED = { kind: 'timed', durationMs: 1_000, marginMs: 100 } as const
const at = (monotonic: number) => ({ wall: 1_000_000 + monotonic, monotonic })
const enrolled = (holdover: Enrolment['holdover']): Enrolment => ({ home: 'plant', nodes: ['a', 'b'], holdover })

const committed = (made: Result<Lease, Refusal>, seenAt: number): KnownLease => {
  if (!made.ok) throw new Error(made.error.message)
  return { lease: made.value, seenAt }
}
const codeOf = (made: Result<Lease, Refusal>): string => (made.ok ? `epoch ${made.value.epoch} to ${made.value.holder}` : made.error.code)

describe('SYN-7 the coordinator grants', () => {
  test('A4 the first epoch goes to the first node enrolled, and to nobody who is not', () => {
    const enrolment = enrolled(UNTIL_RELEASED)
    expect(['b', 'c', 'a'].map((node) => codeOf(grantTo(enrolment, undefined, { node }, at(0))))).toEqual([
      'lease-held',
      'not-enrolled',
      'epoch 1 to a',
    ])
  })

  test('A3 what is held until released is not granted again, however long it was silent', () => {
    const enrolment = enrolled(UNTIL_RELEASED)
    const held = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 0)
    expect(codeOf(grantTo(enrolment, held, { node: 'b' }, at(1e12)))).toBe('lease-held')
  })

  test('A3 the first epoch does not end by time before its holder has shown that it knows it may', () => {
    const enrolment = enrolled(TIMED)
    const first = committed(grantTo(enrolment, undefined, { node: 'a', holds: 1 }, at(0)), 0)
    const again = committed(grantTo(enrolment, first, { node: 'a', holds: 1 }, at(500)), 500)
    expect(again.lease).toMatchObject({ epoch: 1, renewals: 0 })
    expect(codeOf(grantTo(enrolment, again, { node: 'b' }, at(1e9)))).toBe('lease-held')
    const known = committed(grantTo(enrolment, again, { node: 'a', holds: 1, knowsTime: true }, at(1e9)), 1e9)
    expect(codeOf(grantTo(enrolment, known, { node: 'b' }, at(1e9 + 1_100)))).toBe('epoch 2 to b')
  })

  test('A2 a timed lease goes to another node one duration and a margin after the commit of its renewal, and no sooner', () => {
    const enrolment = enrolled(TIMED)
    const first = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 5)
    const renewed = committed(grantTo(enrolment, first, { node: 'a', holds: 1, knowsTime: true }, at(500)), 507)
    expect(renewed.lease).toMatchObject({ epoch: 1, renewals: 1 })
    expect(codeOf(grantTo(enrolment, renewed, { node: 'b' }, at(507 + 1_099)))).toBe('lease-held')
    expect(codeOf(grantTo(enrolment, renewed, { node: 'b' }, at(507 + 1_100)))).toBe('epoch 2 to b')
  })

  test('A2 after a restart, and when another coordinator renewed it, the wait begins anew', () => {
    const enrolment = enrolled(TIMED)
    const { lease } = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 0)
    const found = seen(undefined, lease, at(9_000))
    expect(codeOf(grantTo(enrolment, found, { node: 'b' }, at(10_099)))).toBe('lease-held')
    const renewed = seen(found, { ...lease, renewals: 7 }, at(10_099))
    expect(codeOf(grantTo(enrolment, renewed, { node: 'b' }, at(11_000)))).toBe('lease-held')
    expect(codeOf(grantTo(enrolment, seen(renewed, { ...lease, renewals: 7 }, at(11_199)), { node: 'b' }, at(11_199)))).toBe('epoch 2 to b')
  })

  test('A1 only its holder hands an epoch over, once', () => {
    const enrolment = enrolled(UNTIL_RELEASED)
    const held = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 0)
    const over = { from: 'a', epoch: 1, to: 'b', by: 'ann' }
    expect(codeOf(handOver(enrolment, held, { ...over, from: 'b' }, at(1)))).toBe('stale-epoch')
    expect(codeOf(handOver(enrolment, held, { ...over, to: 'c' }, at(1)))).toBe('not-enrolled')
    const next = committed(handOver(enrolment, held, over, at(1)), 1)
    expect(next.lease).toMatchObject({ epoch: 2, holder: 'b', since: { how: 'handover', by: 'ann' } })
    expect(codeOf(handOver(enrolment, next, over, at(2)))).toBe('stale-epoch')
    expect([refuseStale(next, 'plant', 'b', 2), refuseStale(next, 'plant', 'a', 1)?.code]).toEqual([undefined, 'stale-epoch'])
  })

  test('what is declared lost goes to its heir, or stands vacant until one of its nodes asks; who said so stays known', () => {
    const enrolment = enrolled(UNTIL_RELEASED)
    const held = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 0)
    const lost = { by: 'ann', reason: 'burnt down' }
    expect(codeOf(declareLost(enrolment, undefined, lost, at(1)))).toBe('not-held')
    expect(codeOf(declareLost(enrolment, held, { ...lost, heir: 'b' }, at(1)))).toBe('epoch 2 to b')
    const vacant = committed(declareLost(enrolment, held, lost, at(1)), 1)
    expect(refuseStale(vacant, 'plant', 'a', 1)?.code).toBe('stale-epoch')
    const taken = committed(grantTo(enrolment, vacant, { node: 'b' }, at(2)), 2)
    expect(taken.lease).toMatchObject({
      epoch: 2,
      holder: 'b',
      vacant: false,
      since: { how: 'declared-lost', by: 'ann', reason: 'burnt down' },
    })
  })

  test('A5 what a node was granted before a restore counts, and the epochs go on from there', () => {
    const enrolment = enrolled(TIMED)
    const restored = committed(grantTo(enrolment, undefined, { node: 'a' }, at(0)), 0)
    const shown = committed(grantTo(enrolment, restored, { node: 'b', holds: 4 }, at(1)), 1)
    expect(shown.lease).toMatchObject({ epoch: 4, holder: 'b', granted: { a: 1, b: 4 }, since: { how: 'shown' } })
    expect(codeOf(grantTo(enrolment, shown, { node: 'a', holds: 1 }, at(2)))).toBe('lease-held')
    expect(codeOf(grantTo(enrolment, shown, { node: 'a', holds: 3 }, at(9_999)))).toBe('epoch 5 to a')
  })

  test('another holdover begins with the next epoch', () => {
    const held = committed(grantTo(enrolled(UNTIL_RELEASED), undefined, { node: 'a' }, at(0)), 0)
    const renewed = committed(grantTo(enrolled(TIMED), held, { node: 'a' }, at(1)), 1)
    expect(renewed.lease.holdover).toEqual(UNTIL_RELEASED)
    const next = committed(handOver(enrolled(TIMED), renewed, { from: 'a', epoch: 1, to: 'a', by: 'ann' }, at(2)), 2)
    expect(next.lease).toMatchObject({ epoch: 2, holdover: TIMED })
  })
})
