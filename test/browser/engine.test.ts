/** The engine in a page: the day goes as it does in a process on SQLite, to the same states and the same logs, wherever it is broken off. */
import { join } from 'node:path'
import { openSqliteStore } from '@holdfast/shared/store/sqlite'
import { systemRandom } from '@holdfast/shared/system'
import { beforeAll, describe, expect, test } from 'vitest'
import { call, killTab } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { newFolder } from '../support/folder.ts'
import { until } from '../support/until.ts'
import { type Day, goThrough, SCHEMAS } from './day/day.ts'
import { dyingStore } from './day/dying-store.ts'
import { SetClock } from './day/set-clock.ts'
import { Stage, standingStill } from './stage.ts'

/** Runs a day on SQLite at set time; a day that dies is broken off where the process would have ended. */
const dayOnSqlite = async (folder: string, dieAfter = Number.POSITIVE_INFINITY): Promise<Day | undefined> => {
  const store = openSqliteStore({ path: join(folder, 'day.sqlite'), schemas: SCHEMAS, random: systemRandom })
  const clock = new SetClock()
  const { promise: died, resolve: die } = Promise.withResolvers<undefined>()
  const living = goThrough({ store: dyingStore(store, dieAfter, () => die(undefined)), clock, random: systemRandom }, () =>
    clock.advance(1_000),
  )
  const day = await Promise.race([living, died])
  await store.close()
  return day
}

/** What doesn't hang on the hour. */
const outlined = (day: Day | undefined): object =>
  Object.fromEntries(Object.entries(day?.ends ?? {}).map(([kind, { status, steps, output }]) => [kind, { status, steps, output }]))

describe.skipIf(!hasChromium())('the engine in Chromium', () => {
  const stage = new Stage(new URL('page/day.ts', import.meta.url))
  let whole: Day | undefined
  beforeAll(async () => {
    whole = await dayOnSqlite(newFolder())
  })

  test('PER-1 PER-6 PER-9 a day ends as it does on SQLite: the same states, the same heads of the logs, which verify', async () => {
    const page = await stage.page()
    expect(await call<Day>(page, 'dayAtSetTime', 'whole', 0)).toEqual(whole)
    expect(whole?.audit.filter(({ entries, problem }) => entries > 0 && problem === undefined)).toHaveLength(5)
    expect(outlined(whole)).toMatchObject({
      row: { status: 'completed', output: { sum: 6 } },
      fan: { status: 'completed', output: { total: 44 } },
      saga: { status: 'failed', steps: ['compensated', 'compensated', 'failed'] },
      nap: { status: 'completed', output: { sum: 2 } },
      call: { status: 'completed', output: { sum: 42 } },
    })
    await page.close()
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    'PER-3 PER-6 PER-9 the tab dies after commit %i: the next ends the day as on SQLite',
    async (commits) => {
      const folder = newFolder()
      const diedOnSqlite = (await dayOnSqlite(folder, commits)) === undefined
      const onSqlite = await dayOnSqlite(folder)
      const page = await stage.page()
      const still = await standingStill(page)
      const ended = call(page, 'dayAtSetTime', `dies-${commits}`, commits).then(
        () => 'ended',
        () => 'killed',
      )
      // A day that has fewer commits ends before, in both.
      const how = await Promise.race([still.reached.then(() => 'stands still'), ended])
      expect(how).toBe(diedOnSqlite ? 'stands still' : 'ended')
      await killTab(page)
      const next = await stage.page()
      const day = await call<Day>(next, 'dayAtSetTime', `dies-${commits}`, 0)
      expect(day).toEqual(onSqlite)
      expect(outlined(day)).toEqual(outlined(whole))
      await next.close()
    },
  )

  test('PER-3 PER-9 by the clock on the wall, its tab killed in the midst of the work three times, a day comes to the same ends', async () => {
    for (const commits of [2, 4, 3]) {
      const page = await stage.page()
      let done = 0
      await page.exposeFunction('committed', (number: number) => {
        done = number
      })
      // A tab takes a moment to die, so a later life may find little left to do, and end the day.
      let isOver = false
      void call(page, 'dayInRealTime', 'killed').then(
        () => {
          isOver = true
        },
        () => {},
      )
      await until(`${commits} commits`, () => isOver || done >= commits)
      await killTab(page)
    }
    const page = await stage.page()
    await page.exposeFunction('committed', () => {})
    expect(outlined(await call<Day>(page, 'dayInRealTime', 'killed'))).toEqual(outlined(whole))
    await page.close()
  })
})
