/**
 * Text that came from anywhere, as it may be kept: well-formed and bounded. Half a surrogate pair can't be framed for the link, and an
 * error message may carry a whole response; either would stop what it only reports on.
 */
export const MAX_MESSAGE = 2_000

export const boundedText = (text: string, maxLength = MAX_MESSAGE): string => text.slice(0, maxLength).toWellFormed()
