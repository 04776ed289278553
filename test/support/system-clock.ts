/** The clock of this machine, behind the engine's port. */
import type { Clock } from '@holdfast/shared/ports'

/** Node's timers overflow at 2³¹ ms; a longer wait is made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => ({ wall: Date.now(), monotonic: performance.now() }),
  after: (delayMs, callback) => (delayMs <= 0 ? immediately(callback) : afterDelay(delayMs, callback)),
}

const immediately = (callback: () => void): (() => void) => {
  const handle = setImmediate(callback)
  return () => clearImmediate(handle)
}

const afterDelay = (delayMs: number, callback: () => void): (() => void) => {
  const due = performance.now() + delayMs
  let handle: NodeJS.Timeout
  // A timer may ring a fraction of a millisecond early; it is armed again until the moment has truly come.
  const arm = (): void => {
    const leftMs = due - performance.now()
    if (leftMs <= 0) callback()
    else handle = setTimeout(arm, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS))
  }
  arm()
  return () => clearTimeout(handle)
}
