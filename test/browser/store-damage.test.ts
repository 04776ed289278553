/** Stored bytes that changed, in the database's rows and in the browser's own files: found at the read, their place named. */
import { crc32 } from 'node:zlib'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { call } from '../support/browser.ts'
import { hasChromium } from '../support/chromium.ts'
import { Stage, type Verdicts } from './stage.ts'

const SOUND: Verdicts = { document: 'ok', feed: 'ok', row: 'ok', timers: 'ok' }
const UPDATE_1 = 'update harbour-a/1 of w_1'

/** Updates 1 and 3 are of w_1, 2 and 4 of others. */
const CASES: readonly (readonly [string, string, object, unknown, Partial<Verdicts>])[] = [
  ['a bit of an update is flipped', 'updates', { sequence: 1 }, 'flip', { document: UPDATE_1, feed: UPDATE_1 }],
  ['an update is gone', 'updates', { sequence: 1 }, 'delete', { document: 'document w_1', feed: 'update harbour-a/1' }],
  ['an update has another origin', 'updates', { sequence: 1 }, { origin: 'x' }, { document: UPDATE_1, feed: UPDATE_1 }],
  ['an update has another group', 'updates', { sequence: 1 }, { group: 2 }, { document: UPDATE_1, feed: UPDATE_1 }],
  ['an update has no bytes', 'updates', { sequence: 1 }, { update: null }, { document: 'field update', feed: 'field update' }],
  [
    'an update stands in another document',
    'updates',
    { sequence: 2 },
    { document: 'w_1', version: 3 },
    { document: 'update harbour-a/2 of w_1', feed: 'update harbour-a/2 of w_1' },
  ],
  ['a document has another home', 'documents', { id: 'w_1' }, { home: 'harbour-b' }, { document: 'document w_1' }],
  ['a row has another value', 'rows', { value: '2' }, { value: '3' }, { row: 'row tasks/last' }],
  ['a row stands in another collection', 'rows', { value: '2' }, { collection: 'timers' }, { timers: 'row timers/last' }],
]

describe.skipIf(!hasChromium())('PER-8 S5 damage to a store in Chromium', () => {
  const stage = new Stage(new URL('page/store.ts', import.meta.url))

  /** A store of two commits, closed. */
  const filled = async (name: string, updateBytes = 100): Promise<Page> => {
    const page = await stage.open(name)
    for (const number of [1, 2]) expect(await call(page, 'commit', updateBytes)).toBe(number)
    await call(page, 'close')
    return page
  }

  test('nothing is found where nothing was done', async () => {
    const page = await filled('sound')
    await call(page, 'open', 'sound')
    expect(await call<Verdicts>(page, 'verdicts')).toEqual(SOUND)
    await page.close()
  })

  test.each(CASES)('%s', async (name, table, match, change, found) => {
    const page = await filled(name)
    await call(page, 'tamper', name, table, match, change)
    await call(page, 'open', name)
    expect(await call<Verdicts>(page, 'verdicts')).toEqual({ ...SOUND, ...found })
    await page.close()
  })

  test('a commit that would build on a damaged update is refused, and the store goes on', async () => {
    const page = await filled('built-on')
    await call(page, 'tamper', 'built-on', 'updates', { sequence: 3 }, 'flip')
    await call(page, 'open', 'built-on')
    expect(await call(page, 'commit', 100)).toBe('corrupt')
    await call(page, 'close')
    await page.close()
  })

  test('a damaged row keeps no other from an index that is declared anew', async () => {
    const page = await filled('indexed-anew')
    await call(page, 'tamper', 'indexed-anew', 'rows', { value: '2' }, { value: '3' })
    await call(page, 'tamper', 'indexed-anew', 'collections', { name: 'tasks' }, { indices: 'owner' })
    await call(page, 'open', 'indexed-anew')
    expect(await call<Verdicts>(page, 'verdicts')).toEqual({ ...SOUND, row: 'row tasks/last' })
    expect(await call(page, 'openTasks')).toEqual(['1'])
    await page.close()
  })

  test('damage to the description of the store, its absence, or one of a newer program, stops the open', async () => {
    const page = await filled('described')
    await call(page, 'tamper', 'described', 'meta', {}, { commits: 9 })
    await expect(call(page, 'open', 'described')).rejects.toThrow('store: corrupt')
    await call(page, 'tamper', 'described', 'meta', {}, { generation: 'g', schemaVersion: 99, commits: 2, crc: crc32('g\u000099\u00002') })
    await expect(call(page, 'open', 'described')).rejects.toThrow("has schema 99, newer than this program's")
    await call(page, 'tamper', 'described', 'meta', {}, 'delete')
    await expect(call(page, 'open', 'described', true)).rejects.toThrow('store: corrupt')
    await page.close()
  })
})
