import { expect, test } from 'vitest'
import type { HistoryEntry } from '../api/types.ts'
import { earlierAfter, fits, mergeHistory, newestAfter } from './history-window.ts'

const entry = (position: number): HistoryEntry => ({
  position,
  at: 0,
  by: 'x',
  node: 'n',
  type: 't',
  text: `event ${position}`,
  data: null,
})
const entries = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index))

test('a short history is asked for from its beginning, a long one near its end', () => {
  expect(newestAfter([], 0)).toBeUndefined()
  expect(newestAfter([], 50)).toBeUndefined()
  expect(newestAfter([], 50_000)).toBe(49_949)
  expect(newestAfter(entries(10, 20), 50_000)).toBe(20)
})

test('going back reaches the first event without a gap', () => {
  let shown: readonly HistoryEntry[] = entries(110, 160)
  const all = entries(0, 160)
  for (let step = 0; step < 3; step += 1) {
    const after = earlierAfter(shown)
    const page = all.filter(({ position }) => position > (after ?? -1)).slice(0, 50)
    shown = mergeHistory(page, shown)
  }
  expect(shown).toEqual(all)
})

test('merging keeps one entry per position, the later answer', () => {
  const corrected = { ...entry(2), text: 'corrected' }
  expect(mergeHistory(entries(1, 3), [corrected]).map(({ text }) => text)).toEqual(['event 1', 'corrected', 'event 3'])
})

test('a log shorter than what is shown was cut', () => {
  expect(fits(entries(0, 9), 10)).toBe(true)
  expect(fits(entries(1, 10), 10)).toBe(true)
  expect(fits(entries(0, 20), 10)).toBe(false)
  expect(fits([], 0)).toBe(true)
})
