/** Keys of rows that are due at a moment, in the order of time: ⟨when⟩ ⟨whose⟩. */

/** As many digits as any moment has, so that text is in the order of time. */
const MOMENT_DIGITS = 16

export const dueKey = (at: number, id: string): string => `${`${Math.max(0, Math.floor(at))}`.padStart(MOMENT_DIGITS, '0')} ${id}`

export const idIn = (key: string): string => key.slice(MOMENT_DIGITS + 1)
