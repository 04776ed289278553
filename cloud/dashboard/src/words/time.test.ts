import { expect, test } from 'vitest'
import { ago, clock, clockSeconds, lag, span } from './time.ts'

test('spans are said in the unit a person would use', () => {
  expect([-5, 0, 59_999, 60_000, 3_599_999, 3_600_000, 12_000_000, 86_400_000 * 12].map(span)).toEqual([
    '0 s',
    '0 s',
    '59 s',
    '1 min',
    '59 min',
    '1 h',
    '3 h 20 min',
    '12 d',
  ])
})

test('a moment of a clock that runs ahead is just now', () => {
  expect(ago(10_000, 5_000)).toBe('just now')
  expect(ago(0, 4_999)).toBe('just now')
  expect(ago(0, 65_000)).toBe('1 min ago')
})

test('a lag keeps its milliseconds while they matter', () => {
  expect([0, 41.6, 999, 2_500].map(lag)).toEqual(['0 ms', '42 ms', '999 ms', '2 s'])
})

test('a clock has 24 hours, and names the day only when it is another one', () => {
  const evening = new Date(2026, 2, 4, 23, 5, 9).getTime()
  const afterMidnight = new Date(2026, 2, 5, 0, 20).getTime()
  expect(clock(evening, evening)).toBe('23:05')
  expect(clockSeconds(evening, evening)).toBe('23:05:09')
  expect(clock(afterMidnight, afterMidnight)).toBe('00:20')
  expect(clock(evening, afterMidnight)).toMatch(/4.*23:05$/)
})
