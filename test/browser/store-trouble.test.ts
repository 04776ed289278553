/** What a browser does to a store besides dying: opens it twice, has no room, breaks off a transaction, throws the data away. */
import { describe, expect, test } from 'vitest'
import { call, devtools, killTab, ORIGIN } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { type Content, contentAfter, Stage } from './stage.ts'

describe.skipIf(!hasChromium())('a store in Chromium', () => {
  const stage = new Stage(new URL('page/store.ts', import.meta.url))

  test('PER-6 S6 while a tab holds the store another is refused; once it is closed or killed, the next gets it', async () => {
    const first = await stage.open('shared')
    expect(await call(first, 'commit', 100)).toBe(1)
    const second = await stage.page()
    await expect(call(second, 'open', 'shared')).rejects.toThrow('store-in-use')
    expect(await call(first, 'commit', 100)).toBe(2)
    await call(first, 'close')
    await call(second, 'open', 'shared')
    expect(await call(second, 'commit', 100)).toBe(3)
    await killTab(second)
    await call(first, 'open', 'shared')
    expect(await call<Content>(first, 'content')).toEqual(contentAfter(3))
    await first.close()
  })

  test('PER-6 S6 a tab that comes while another is just going waits for it', async () => {
    const going = await stage.open('handed-over')
    const coming = await stage.page()
    const opened = call(coming, 'open', 'handed-over')
    await call(going, 'close')
    expect(await opened).toHaveLength(32)
    await Promise.all([going.close(), coming.close()])
  })

  test('PER-6 PER-8 S1 no room: nothing changes, reads go on, and so do commits once there is room', async () => {
    // The browser looks at its quota when it first opens the origin's data, and then only when room runs short.
    await stage.stop('close')
    await stage.start()
    const page = await stage.page()
    await devtools(page).send('Storage.overrideQuotaForOrigin', { origin: ORIGIN, quotaSize: 2_000_000 })
    await call(page, 'open', 'full')
    let commits = 0
    let answer: number | string = 0
    for (; typeof answer === 'number'; answer = await call<number | string>(page, 'commit', 200_000)) commits = answer
    expect(answer).toBe('disk-full')
    expect(commits).toBeGreaterThan(0)
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(commits))
    expect(await call(page, 'commit', 400_000)).toBe('disk-full')
    await devtools(page).send('Storage.overrideQuotaForOrigin', { origin: ORIGIN })
    expect(await call(page, 'commit', 400_000)).toBe(commits + 1)
    await call(page, 'close')
    await call(page, 'open', 'full')
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(commits + 1))
    await page.close()
  })

  test('PER-6 S1 a commit that the browser breaks off has an unknown outcome; the store is opened again, and reads beside it notice nothing', async () => {
    const page = await stage.open('broken-off')
    expect(await call(page, 'commit', 100)).toBe(1)
    await call(page, 'abortBeforeWrite', 4)
    expect(await call(page, 'commitAndRead', 100)).toEqual({ answer: 'unknown-outcome', reads: 'ok' })
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(1))
    expect(await call(page, 'commit', 100)).toBe(2)
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(2))
    await page.close()
  })

  test('PER-6 S4 data thrown away under an open store: it is closed, and the next open says so; what is begun anew is another life', async () => {
    const page = await stage.open('thrown-away')
    expect(await call(page, 'commit', 100)).toBe(1)
    const generation = await call<string>(page, 'generation')
    await devtools(page).send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'indexeddb' })
    expect(await call(page, 'commit', 100)).toBe('closed')
    await expect(call(page, 'content')).rejects.toThrow('store: closed')
    await call(page, 'close')
    await expect(call(page, 'open', 'thrown-away')).rejects.toThrow('store: corrupt')
    expect(await call(page, 'open', 'thrown-away', true)).not.toBe(generation)
    expect(await call<Content>(page, 'content')).toEqual(contentAfter(0))
    await page.close()
  })

  test('PER-6 S4 where all that the site has stored was cleared, a store begins anew', async () => {
    const page = await stage.open('cleared')
    const generation = await call<string>(page, 'generation')
    await call(page, 'close')
    await devtools(page).send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'all' })
    expect(await call(page, 'open', 'cleared')).not.toBe(generation)
    await page.close()
  })

  test('PER-6 the browser is asked to keep the data, and its answer is told', async () => {
    const page = await stage.page()
    await page.evaluate(() => {
      const persist = navigator.storage.persist.bind(navigator.storage)
      navigator.storage.persist = () => {
        Reflect.set(globalThis, 'wasAsked', true)
        return persist()
      }
    })
    await call(page, 'open', 'kept')
    const answer = await call<boolean>(page, 'isPersistent')
    expect(await page.evaluate(() => navigator.storage.persisted())).toBe(answer)
    expect(await page.evaluate(() => Reflect.get(globalThis, 'wasAsked'))).toBe(true)
    await page.close()
  })

  test('PER-6 a worker has a store as a page has, and shares its lock', async () => {
    const page = await stage.page()
    const told = await page.evaluate(async () => {
      const worker = new Worker('/page.js', { type: 'module' })
      const ask = (...words: readonly unknown[]) =>
        new Promise((resolve) => {
          worker.onmessage = ({ data }) => resolve(data)
          worker.postMessage(words)
        })
      await ask('open', 'in-worker')
      return [await ask('commit', 100), await ask('isPersistent'), await ask('content')]
    })
    expect(told).toEqual([1, expect.any(Boolean), contentAfter(1)])
    await expect(call(page, 'open', 'in-worker')).rejects.toThrow('store-in-use')
    await page.close()
  })
})
