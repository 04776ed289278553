/**
 * A moment as one node saw it. `wall` (milliseconds since 1970, may jump) dates what people read and what must survive a restart;
 * `monotonic` (milliseconds since the process began, never jumps) measures waiting, leases and lag.
 */
export interface Instant {
  readonly wall: number
  readonly monotonic: number
}
