const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/** Doubles with each failure up to half a minute. Spread over the upper half, so that a room full of screens doesn't knock at once. */
export const backoffMs = (failures: number, random: number): number => {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, Math.min(failures, 30) - 1))
  return Math.round(ceiling * (0.5 + random / 2))
}
