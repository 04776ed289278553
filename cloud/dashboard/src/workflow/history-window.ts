/**
 * The part of a history that is shown: a run of entries without a gap that ends at the newest. The API pages forward from a position;
 * a log may hold fifty thousand events, so the page begins near the end and goes back on demand.
 */
import { HISTORY_PAGE } from '../api/client.ts'
import type { HistoryEntry } from '../api/types.ts'

/** Where to ask next: after what is shown or, when nothing is, so that the newest window comes. */
export const newestAfter = (shown: readonly HistoryEntry[], length: number): number | undefined => {
  const last = shown.at(-1)
  if (last !== undefined) return last.position
  return length > HISTORY_PAGE ? length - HISTORY_PAGE - 1 : undefined
}

/** Where to ask so that the window before what is shown comes. */
export const earlierAfter = (shown: readonly HistoryEntry[]): number | undefined => {
  const first = shown[0]
  return first === undefined || first.position <= HISTORY_PAGE ? undefined : first.position - HISTORY_PAGE - 1
}

export const mergeHistory = (one: readonly HistoryEntry[], other: readonly HistoryEntry[]): readonly HistoryEntry[] => {
  const byPosition = new Map([...one, ...other].map((entry) => [entry.position, entry]))
  return [...byPosition.values()].sort((a, b) => a.position - b.position)
}

/** A log that is shorter than what was shown has been cut by a new authority: what was shown may not be what happened. */
export const fits = (shown: readonly HistoryEntry[], length: number): boolean => (shown.at(-1)?.position ?? 0) <= length
