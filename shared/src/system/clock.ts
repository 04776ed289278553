/** The machine's own time and chance, as ports. */
import { getRandomValues } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import { waitLong } from './wait-long.ts'

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

export const systemRandom: Random = {
  u32: () => getRandomValues(new Uint32Array(1))[0] ?? 0,
}
