import { describe, expect, test } from 'vitest'
import { endsAt, following, granted, holding, renewalDueAt, standingOf } from './holder.ts'
import { UNTIL_RELEASED } from './lease.ts'

const TIMED = { kind: 'timed', durationMs: 1_000, marginMs: 100 } as const
const at = (monotonic: number, wallAhead = 0) => ({ wall: 1_000_000 + monotonic + wallAhead, monotonic })
const held = granted(holding('plant', 1, TIMED), 1, TIMED, at(0))

describe('SYN-7 the gateway holds', () => {
  test('H1 nothing is decided one duration after the last renewal was sent', () => {
    expect(standingOf(held, at(999))).toEqual({ mayDecide: true })
    expect(standingOf(held, at(1_000))).toMatchObject({ refusal: { next: 'retry-later', code: 'lease-ran-out' } })
    expect(standingOf(granted(held, 1, TIMED, at(500)), at(1_499))).toEqual({ mayDecide: true })
    expect([renewalDueAt(held), endsAt(held)]).toEqual([250, 1_000])
  })

  test('H1 clocks that disagree by more than the margin count as run out: the machine slept, or its clock was set', () => {
    expect(standingOf(held, at(300, 100))).toEqual({ mayDecide: true })
    for (const wallAhead of [101, -101]) expect(standingOf(held, at(300, wallAhead)).mayDecide).toBe(false)
    expect(standingOf(held, at(950, 60)).mayDecide).toBe(false)
  })

  test('H2 a new life decides nothing before its first renewal; one that holds until released goes on', () => {
    expect(standingOf(holding('plant', 4, TIMED), at(0)).mayDecide).toBe(false)
    expect(standingOf(holding('plant', 4, UNTIL_RELEASED), at(1e12)).mayDecide).toBe(true)
    expect([renewalDueAt(holding('plant', 4, UNTIL_RELEASED)), endsAt(holding('plant', 4, UNTIL_RELEASED))]).toEqual([undefined, undefined])
  })

  test('H3 the epoch never goes down, and an answer that was overtaken shortens nothing', () => {
    const later = granted(held, 1, TIMED, at(400))
    expect(granted(later, 1, TIMED, at(200)).renewedAt).toEqual(at(400))
    const second = granted(later, 2, TIMED, at(600))
    expect(granted(second, 1, TIMED, at(900))).toBe(second)
    expect(following(second, 1)).toMatchObject({ holding: false, epoch: 2 })
    expect(standingOf(following(second, 3), at(601))).toMatchObject({ refusal: { code: 'not-the-authority' } })
  })
})
