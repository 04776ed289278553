import { expect, test } from 'vitest'
import { type FeedEntry, StoreFailure } from '../ports/store.ts'
import { readPage } from './feed-reading.ts'

const entry = (sequence: number): FeedEntry => ({ sequence, group: sequence, document: 'w_1', origin: 'gate', update: new Uint8Array([1]) })

/** A feed of 20 entries that can't be read over those. */
const brokenAt = (...broken: readonly number[]) => ({
  feed: async (_home: string, after: number, limit: number) => {
    const entries = Array.from({ length: Math.min(limit, 20 - after) }, (_, n) => entry(after + n + 1))
    if (entries.some(({ sequence }) => broken.includes(sequence))) {
      throw new StoreFailure({ code: 'corrupt', where: 'update h/1', message: 'lost' })
    }
    return entries
  },
})

test('SYN-11 every entry but the damaged ones is read, in order, and the damaged ones are named', async () => {
  const store = brokenAt(1, 7, 8, 20)
  const read: number[] = []
  const skipped: number[] = []
  for (let after = 0; after < 20; ) {
    const page = await readPage(store, 'h', after, 128)
    read.push(...page.entries.filter(({ update }) => update.length > 0).map(({ sequence }) => sequence))
    if (page.skipped !== undefined) skipped.push(page.skipped)
    after = page.entries.at(-1)?.sequence ?? 20
  }
  expect(skipped).toEqual([1, 7, 8, 20])
  expect(read).toEqual([2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
})

test('a store that fails otherwise is not taken for a damaged one', async () => {
  const feed = () => Promise.reject(new StoreFailure({ code: 'closed', message: 'closed' }))
  await expect(readPage({ feed }, 'h', 0, 9)).rejects.toThrow('closed')
})
