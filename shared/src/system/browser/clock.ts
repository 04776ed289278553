/**
 * A page's or worker's own time, as a port.
 *
 * A tab in the background has its timers held back, up to a minute each: `after` promises no more than "not earlier". What is to happen at
 * once goes by a message instead, which browsers neither hold back nor, as they do with nested timers, delay by 4 ms.
 */
import type { Clock } from '../../ports/clock.ts'
import { waitLong } from '../wait-long.ts'

const waiting = new Map<number, () => void>()
const { port1: outside, port2: inside } = new MessageChannel()
let lastNumber = 0

inside.onmessage = ({ data }: MessageEvent<number>) => {
  const callback = waiting.get(data)
  waiting.delete(data)
  callback?.()
}

const soon = (callback: () => void): (() => void) => {
  lastNumber += 1
  const number = lastNumber
  waiting.set(number, callback)
  outside.postMessage(number)
  return () => waiting.delete(number)
}

export const browserClock: Clock = {
  now: () => ({ wall: Date.now(), monotonic: performance.now() }),
  after: (delayMs, callback) => (delayMs <= 0 ? soon(callback) : waitLong(performance.now() + delayMs, callback)),
}
