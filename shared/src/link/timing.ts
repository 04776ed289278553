/** How patient the link is. All are monotonic milliseconds. */
export interface Timing {
  /** Both ends say `ping` this often. */
  readonly pingMs: number
  /** A peer not heard for this long counts as cut, whatever the socket says: half-open connections never report an end. */
  readonly silenceMs: number
  /** A stream that waits this long for an ack, or for its own store, ends the session: stuck sync is never silent. */
  readonly stallMs: number
  readonly minRetryMs: number
  readonly maxRetryMs: number
}

export const DEFAULT_TIMING: Timing = { pingMs: 10_000, silenceMs: 30_000, stallMs: 30_000, minRetryMs: 250, maxRetryMs: 30_000 }

/**
 * Exponential back-off with full jitter: children of a hub that comes back spread out instead of arriving together.
 *
 * @param failures sessions in a row that did not live
 * @param random32 a random 32-bit unsigned integer
 */
export const retryDelayMs = ({ minRetryMs, maxRetryMs }: Timing, failures: number, random32: number): number => {
  const ceiling = Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(failures + 1, 32))
  return Math.round(minRetryMs + (ceiling - minRetryMs) * (random32 / 2 ** 32))
}
