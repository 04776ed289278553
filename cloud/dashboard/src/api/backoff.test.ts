import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('waits grow with each failure, never beyond half a minute, however long the outage', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 10_000].map((failures) => backoffMs(failures, 1))
  expect(longest).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('a wait is spread over the upper half', () => {
  expect(backoffMs(4, 0)).toBe(4_000)
  expect(backoffMs(4, 0.5)).toBe(6_000)
  expect(backoffMs(0, 0)).toBe(500)
})
