/** Moments and spans as people say them. */

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `40 s`, `9 min`, `3 h 20 min`, `12 d`. Spans below zero (clocks differ) are said as none. */
export const span = (ms: number): string => {
  const whole = Math.max(0, ms)
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`
  if (whole < DAY) {
    const minutes = Math.floor((whole % HOUR) / MINUTE)
    return minutes === 0 ? `${Math.floor(whole / HOUR)} h` : `${Math.floor(whole / HOUR)} h ${minutes} min`
  }
  return `${Math.floor(whole / DAY)} d`
}

export const ago = (at: number, now: number): string => (now - at < 5 * SECOND ? 'just now' : `${span(now - at)} ago`)

const MINUTES: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
const SECONDS: Intl.DateTimeFormatOptions = { ...MINUTES, second: '2-digit' }

/** `12:31`, with the day when it isn't today's. Always of 24 hours: shifts are told apart without reading on. */
export const clock = (at: number, now: number): string => withDay(at, now, MINUTES)

/** To the second, for a history. */
export const clockSeconds = (at: number, now: number): string => withDay(at, now, SECONDS)

const withDay = (at: number, now: number, precision: Intl.DateTimeFormatOptions): string => {
  const time = new Date(at).toLocaleTimeString(undefined, precision)
  return isSameDay(at, now) ? time : `${new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' })}, ${time}`
}

/** How long a link lags: below a second it is worth the milliseconds. */
export const lag = (ms: number): string => (ms < SECOND ? `${Math.round(ms)} ms` : span(ms))

const isSameDay = (one: number, other: number): boolean => new Date(one).toDateString() === new Date(other).toDateString()
