/** A day's work in a page: the engine as it runs anywhere, on the browser's store, time and chance. */
import { openIndexedDbStore } from '@holdfast/shared/store/indexeddb'
import { browserClock, browserRandom } from '@holdfast/shared/system/browser'
import { type Day, goThrough, SCHEMAS } from '../day/day.ts'
import { dyingStore, watchedStore } from '../day/dying-store.ts'
import { SetClock } from '../day/set-clock.ts'
import { standStill } from './faults.ts'

const opened = (name: string) => openIndexedDbStore({ name, schemas: SCHEMAS, random: browserRandom })

/** @param dieAfter commits; 0 for a day that is gone through to its end */
const dayAtSetTime = async (name: string, dieAfter: number): Promise<Day> => {
  const store = await opened(name)
  const clock = new SetClock()
  const living = dieAfter === 0 ? store : dyingStore(store, dieAfter, standStill)
  const day = await goThrough({ store: living, clock, random: browserRandom }, () => clock.advance(1_000))
  await store.close()
  return day
}

/** Calls out the number of each commit, and goes on without waiting for an answer. */
const dayInRealTime = async (name: string): Promise<Day> => {
  const store = await opened(name)
  const told = (commits: number): void => Reflect.get(globalThis, 'committed')(commits)
  const day = await goThrough({ store: watchedStore(store, told), clock: browserClock, random: browserRandom }, () => {})
  await store.close()
  return day
}

Object.assign(globalThis, { dayAtSetTime, dayInRealTime })
