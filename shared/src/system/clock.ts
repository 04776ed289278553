/** The machine's own time and chance, as ports. */
import { getRandomValues } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

/** Node's timers overflow at 2³¹ ms (24.8 days) and then fire at once: longer waits are made of shorter ones. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => ({ wall: Date.now(), monotonic: performance.now() }),
  after: (delayMs, callback) => {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback)
      return () => clearImmediate(immediate)
    }
    return waitLong(performance.now() + delayMs, callback)
  },
}

const waitLong = (until: number, callback: () => void): (() => void) => {
  let timer: NodeJS.Timeout
  const arm = (): void => {
    const left = until - performance.now()
    // A timer may fire a little early by the monotonic clock; the port promises never to.
    if (left <= 0) callback()
    else timer = setTimeout(arm, Math.min(Math.ceil(left), LONGEST_TIMER_MS))
  }
  timer = setTimeout(arm, Math.min(Math.ceil(until - performance.now()), LONGEST_TIMER_MS))
  return () => clearTimeout(timer)
}

export const systemRandom: Random = {
  u32: () => getRandomValues(new Uint32Array(1))[0] ?? 0,
}
