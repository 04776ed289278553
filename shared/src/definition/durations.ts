/** Durations as people write them: a number of milliseconds, or a text such as `500ms`, `30s`, `5m`, `2h`, `1d`. */
import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export const MAX_DURATION_MS = 366 * 86_400_000

const EXPECTED = 'expected a duration: whole milliseconds, or a text like 500ms, 30s, 5m, 2h'

/** @returns milliseconds; NaN for what is no duration */
export const toMs = (authored: number | string): number => {
  if (typeof authored === 'number') return authored
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)\s?(ms|s|m|h|d)$/.exec(authored) ?? []
  return Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN)
}

export const duration = (minMs: number) =>
  z
    .union([z.number(), z.string()], { error: (issue) => (issue.input === undefined ? 'is missing' : EXPECTED) })
    .transform(toMs)
    .refine(Number.isInteger, { error: EXPECTED, abort: true })
    .refine((ms) => ms >= minMs && ms <= MAX_DURATION_MS, { error: `expected between ${minMs} ms and ${MAX_DURATION_MS} ms` })
