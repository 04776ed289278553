/**
 * When something recurs. Every answer follows from the arguments alone: the moment asked from is handed in, wall clock, milliseconds.
 *
 *   cron       a pattern of five fields, or six with seconds first, read in a time zone. Around a change of daylight saving a fixed time
 *              of day runs once: at its first occurrence, or when it does not exist, at the first moment after the gap; a pattern of many
 *              hours follows the hours as they are
 *   interval   from + n · every, so it never drifts
 *   once       one moment
 *
 * The library reads no clock when a moment is given to it. `?`, which it would replace with the moment of parsing, is refused.
 */
import { Cron } from 'croner'

export type Timing =
  | { readonly kind: 'cron'; readonly pattern: string; readonly timeZone: string }
  | { readonly kind: 'interval'; readonly everyMs: number; readonly from: number }
  | { readonly kind: 'once'; readonly at: number }

export const MIN_INTERVAL_MS = 1_000
const MAX_PATTERN = 200

/** Why it can never be followed; undefined when it can. */
export const timingProblem = (timing: Timing): string | undefined => {
  if (timing.kind === 'interval' && timing.everyMs < MIN_INTERVAL_MS) return `an interval is at least ${MIN_INTERVAL_MS} ms`
  if (timing.kind !== 'cron') return undefined
  if (timing.pattern.length > MAX_PATTERN) return `a cron pattern has at most ${MAX_PATTERN} characters`
  if (timing.pattern.includes('?')) return 'a cron pattern can not hold "?": write "*"'
  try {
    return cronOf(timing).nextRun(dateOf(0)) === null ? `"${timing.pattern}" never comes` : undefined
  } catch (error) {
    return error instanceof Error ? (error.message.match(/Invalid timezone '[^']*'/)?.[0] ?? error.message) : String(error)
  }
}

/** The first moment strictly after. */
export const nextAfter = (timing: Timing, after: number): number | undefined => {
  switch (timing.kind) {
    case 'cron':
      return cronOf(timing).nextRun(dateOf(after))?.getTime()
    case 'interval':
      return after < timing.from ? timing.from : timing.from + (Math.floor((after - timing.from) / timing.everyMs) + 1) * timing.everyMs
    case 'once':
      return after < timing.at ? timing.at : undefined
  }
}

/** The last moment at or before. */
export const lastUpTo = (timing: Timing, upTo: number): number | undefined => {
  switch (timing.kind) {
    case 'cron':
      return cronOf(timing)
        .previousRuns(1, dateOf(upTo + 1))[0]
        ?.getTime()
    case 'interval':
      return upTo < timing.from ? undefined : timing.from + Math.floor((upTo - timing.from) / timing.everyMs) * timing.everyMs
    case 'once':
      return timing.at <= upTo ? timing.at : undefined
  }
}

const cronOf = ({ pattern, timeZone }: Extract<Timing, { readonly kind: 'cron' }>): Cron =>
  new Cron(pattern, { timezone: timeZone, mode: '5-or-6-parts', paused: true })

// biome-ignore lint/style/noRestrictedGlobals: a Date of a given moment reads no clock, and the library speaks no other language
const dateOf = (moment: number): Date => new Date(moment)
