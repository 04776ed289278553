/**
 * The clock an engine waits by. Moments are kept as dates, so that they outlive a restart; a span that has begun must not grow because
 * somebody sets the wall clock back.
 *
 *   set forward   followed at once: the machine slept, or learnt the date only after it had started
 *   set back      time goes on at 63/64 of its pace until the two agree again; so a span of an hour lasts a minute longer at most
 *
 * Within one life: the next one begins with what the wall clock says.
 */
import type { Clock } from '../ports/clock.ts'

/** Faster than any correction that a time service makes without a step, so these are followed as they come. */
const SLOWER_BY = 1 / 64

export const steadyClock = (clock: Clock): Clock => {
  let shown = clock.now()
  return {
    now() {
      const { wall, monotonic } = clock.now()
      const least = shown.wall + (monotonic - shown.monotonic) * (1 - SLOWER_BY)
      shown = { wall: Math.max(wall, least), monotonic }
      return { wall: Math.floor(shown.wall), monotonic }
    },
    after: (delayMs, callback) => clock.after(delayMs, callback),
  }
}
