/** Tabs and browsers that die while their store commits: what was acknowledged is there, whole, and nothing is there by halves. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { call, killTab } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { until } from '../support/until.ts'
import { type Content, contentAfter, Stage, standingStill } from './stage.ts'

/** A new document, two updates, two rows put, one removed, and the number of the commit. */
const WRITES_OF_A_COMMIT = 7

describe.skipIf(!hasChromium())('a store in Chromium', () => {
  const stage = new Stage(new URL('page/store.ts', import.meta.url))

  /** A store with one commit, and a second one called whose page stands still at the given moment until its tab is killed. */
  const killedDuringCommit = async (name: string, moment: string, ...values: readonly unknown[]): Promise<Page> => {
    const page = await stage.open(name)
    expect(await call(page, 'commit', 100)).toBe(1)
    const still = await standingStill(page)
    await call(page, moment, ...values)
    void call(page, 'commit', 100).catch(() => undefined)
    await still.reached
    await killTab(page)
    return stage.open(name)
  }

  test.each(Array.from({ length: WRITES_OF_A_COMMIT }, (_, write) => write))(
    'PER-6 S1 the tab dies before write %i of a commit: nothing of it is there, and the store goes on',
    async (write) => {
      const page = await killedDuringCommit(`between-${write}`, 'standStillBeforeWrite', write)
      expect(await call<Content>(page, 'content')).toEqual(contentAfter(1))
      expect(await call(page, 'commit', 100)).toBe(2)
      expect(await call<Content>(page, 'content')).toEqual(contentAfter(2))
      await page.close()
    },
  )

  test('PER-6 S1 the tab dies when a commit is complete, before anybody is told: all of it is there', async () => {
    const page = await killedDuringCommit('complete', 'standStillWhenComplete')
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(2))
    await page.close()
  })

  /** Lets a page commit until it has acknowledged so many, and kills what is to be killed. @returns the last one acknowledged */
  const commitUntil = async (name: string, count: number, kill: (page: Page) => Promise<void>): Promise<number> => {
    const page = await stage.open(name)
    let acknowledged = 0
    let answers = 0
    await page.exposeFunction('acknowledged', (number: number) => {
      acknowledged = number
      answers += 1
    })
    void call(page, 'commitOn').catch(() => undefined)
    await until(`${count} commits`, () => answers >= count)
    await kill(page)
    return acknowledged
  }

  const expectAll = async (name: string, acknowledged: number): Promise<void> => {
    const page = await stage.open(name)
    const found = await call<Content>(page, 'content')
    expect(found).toEqual(contentAfter(found.version))
    expect(found.version).toBeGreaterThanOrEqual(acknowledged)
    await page.close()
  }

  test('PER-2 S1 S3 a tab killed while it commits: every acknowledged commit is there, whole, and the feed has no gap', async () => {
    for (const count of [1, 25, 7]) await expectAll('killed-tab', await commitUntil('killed-tab', count, killTab))
  })

  test('PER-2 S1 S3 the whole browser killed while a tab commits: the same', async () => {
    for (const count of [20, 3]) {
      const acknowledged = await commitUntil('killed-browser', count, () => stage.stop('kill'))
      await stage.start()
      await expectAll('killed-browser', acknowledged)
    }
  })

  test('PER-2 every commit asks for strict durability', async () => {
    const page = await stage.page()
    await call(page, 'open', 'strict')
    for (const number of [1, 2]) expect(await call(page, 'commit', 100)).toBe(number)
    const asked = await call<readonly string[]>(page, 'durabilities')
    expect(asked.length).toBeGreaterThan(2)
    expect(new Set(asked)).toEqual(new Set(['strict']))
    await page.close()
  })
})
