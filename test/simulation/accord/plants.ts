/** Planted bugs of authority and policies, each a clock that lies or a question that is not asked. */
import type { Clock } from '@holdfast/shared/ports'
import type { AccordPlant, AskersClock } from './frame.ts'

/** Time since a question was sent is taken for time since its answer came. */
const countsFromReceipt = (clock: Clock): AskersClock => {
  let behindMs = 0
  return {
    clock: {
      now: () => {
        const { wall, monotonic } = clock.now()
        return { wall: wall - behindMs, monotonic: monotonic - behindMs }
      },
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    answered: (sentAt) => {
      behindMs = clock.now().monotonic - sentAt
    },
  }
}

const LONG_AGO_MS = 1e9

/** What is found at the start is taken for as old as can be. */
const grantsAtOnce = (clock: Clock): Clock => {
  const bornAt = clock.now().monotonic
  const now = (): ReturnType<Clock['now']> => {
    const { wall, monotonic } = clock.now()
    return { wall, monotonic: monotonic === bornAt ? monotonic - LONG_AGO_MS : monotonic }
  }
  return { now, after: (delayMs, callback) => clock.after(delayMs, callback) }
}

const STANDSTILLS = { freezesPerHour: 900, partitionsPerSecond: 0.2, maxPartitionMs: 20_000 }
const RESTARTS = { crashesPerMinute: 6, partitionsPerSecond: 0.05, maxPartitionMs: 20_000 }

export const ACCORD_PLANTS: readonly AccordPlant[] = [
  { name: 'lease counted from receipt, not from sending', weather: STANDSTILLS, keeperClock: countsFromReceipt },
  { name: 'grant straight after a coordinator restart', weather: RESTARTS, officeClock: grantsAtOnce },
  { name: 'release without hub ack under strong', releasesEarly: true },
  { name: 'strong read from memory', readsFromMemory: true },
]
