import { expect, test } from 'vitest'
import { nextLife } from './life.ts'

const NOON = Date.UTC(2026, 10, 25, 12)

test('SYN-11 a life has a higher number than every one before it, also when the store was put back meanwhile', () => {
  const backedUp = nextLife(0, NOON)
  const lost = nextLife(backedUp, NOON + 60_000)
  expect(nextLife(backedUp, NOON + 120_000)).toBeGreaterThan(lost)
})

test('SYN-11 a clock that was set back does not bring back the number of another life', () => {
  const before = nextLife(0, NOON)
  expect(nextLife(before, NOON - 86_400_000)).toBe(before + 1)
  expect(nextLife(before, 0)).toBe(before + 1)
})
