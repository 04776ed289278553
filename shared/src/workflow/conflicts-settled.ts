/** The fold of a person's choice; of two the first counts. */
import type { EventOf, LogEntry } from './event.ts'
import type { Conflict } from './state.ts'

/** Somebody is to choose, and nobody has. One that an earlier version wrote without an id can't be named, so it can't be settled. */
export const isOpenConflict = ({ id, choice, settled }: Conflict): boolean => id !== undefined && choice === 'ask' && settled === undefined

export const settledIn = (
  conflicts: readonly Conflict[],
  { conflict, option, comment }: EventOf<'conflict-settled'>,
  { at, by }: LogEntry,
): readonly Conflict[] =>
  conflicts.map((each) => (each.id === conflict && isOpenConflict(each) ? { ...each, settled: { option, comment, by, at } } : each))
