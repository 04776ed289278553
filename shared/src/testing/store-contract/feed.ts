/** S3: one gap-free feed per home, in commit order, handed out in whole groups. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FeedEntry, Store } from '../../ports/store.ts'
import { append, commit, put, type StoreSubject, textsOf, withStore } from './subject.ts'

const sequences = (entries: readonly FeedEntry[]) => entries.map((entry) => entry.sequence)

export const feedContract = (subject: StoreSubject): void => {
  describe('feed', () => {
    test("S3 numbers start at 1, have no gap, and are each home's own", () =>
      withStore(subject, async (store) => {
        const first = await commit(store, { appends: [append('w_1', 'a'), append('w_9', 'z', 'harbour-b'), append('w_2', 'b')] })
        const second = await commit(store, { appends: [append('w_1', 'c')] })
        const feed = await store.feed('harbour-a', 0, 100)
        expect(sequences(feed)).toEqual([1, 2, 3])
        expect(feed.map((entry) => entry.group)).toEqual([first, first, second])
        expect(feed.map((entry) => entry.document)).toEqual(['w_1', 'w_2', 'w_1'])
        expect(textsOf(feed.map((entry) => entry.update))).toEqual(['a', 'b', 'c'])
        expect(sequences(await store.feed('harbour-b', 0, 100))).toEqual([1])
        expect([await store.feedEnd('harbour-a'), await store.feedEnd('harbour-b'), await store.feedEnd('none')]).toEqual([3, 1, 0])
        expect([await store.feed('harbour-a', 3, 100), await store.feed('none', 0, 100)]).toEqual([[], []])
      }))

    test('S3 documents and homes with neighbouring names stay apart', () =>
      withStore(subject, async (store) => {
        const names = ['a', 'A', 'aa', 'a ', 'b', '\u00e9', 'e\u0301', '\uff41', '😀']
        for (const home of names) await commit(store, { appends: names.map((name) => append(`${name}/${home}`, name, home)) })
        for (const home of names) {
          expect((await store.feed(home, 0, 100)).map(({ sequence }) => sequence)).toEqual(names.map((_, index) => index + 1))
          for (const name of names) expect(textsOf((await store.document(`${name}/${home}`))?.updates ?? [])).toEqual([name])
        }
      }))

    test('S3 every entry keeps the node it came from', () =>
      withStore(subject, async (store) => {
        const origins = ['gateway-1', 'tablet-7', 'cloud', 'gateway-1']
        await commit(store, { appends: origins.map((origin, index) => append(`w_${index}`, 'x', 'harbour-a', origin)) })
        expect((await store.feed('harbour-a', 0, 100)).map((entry) => entry.origin)).toEqual(origins)
      }))

    test('S3 commits without appends take a number of their own and no place in the feed', () =>
      withStore(subject, async (store) => {
        const groups = [
          await commit(store, { appends: [append('w_1', 'a')] }),
          await commit(store, { puts: [put('t', 1)] }),
          await commit(store, {}),
          await commit(store, { appends: [append('w_1', 'b')] }),
        ]
        expect([...new Set(groups)].sort((a, b) => a - b)).toEqual(groups)
        expect((await store.feed('harbour-a', 0, 100)).map(({ sequence, group }) => [sequence, group])).toEqual([
          [1, groups[0]],
          [2, groups[3]],
        ])
      }))

    test('S3 a limit that falls inside a group ends before it; a group alone beyond the limit comes whole', () =>
      withStore(subject, async (store) => {
        for (const size of [2, 3, 1]) await commit(store, { appends: Array.from({ length: size }, () => append('w_1', 'x')) })
        const page = async (after: number, limit: number) => sequences(await store.feed('harbour-a', after, limit))
        expect(await page(0, 1)).toEqual([1, 2])
        expect(await page(0, 2)).toEqual([1, 2])
        expect(await page(0, 4)).toEqual([1, 2])
        expect(await page(0, 5)).toEqual([1, 2, 3, 4, 5])
        expect(await page(2, 1)).toEqual([3, 4, 5])
        expect(await page(2, 3)).toEqual([3, 4, 5])
        expect(await page(3, 1)).toEqual([4, 5])
        expect(await page(5, 1)).toEqual([6])
      }))

    test('S3 a group far larger than the limit still comes whole', () =>
      withStore(subject, async (store) => {
        for (const size of [1, 500, 1]) await commit(store, { appends: Array.from({ length: size }, () => append('w_1', 'x')) })
        expect(await store.feed('harbour-a', 1, 2)).toHaveLength(500)
      }))

    test('S3 any commits read with any limits: the same feed, in whole groups', async () => {
      const sizes = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 10 })
      await fc.assert(
        fc.asyncProperty(sizes, fc.integer({ min: 1, max: 7 }), (groups, limit) =>
          withStore(subject, (store) => readsWholeGroups(store, groups, limit)),
        ),
        { numRuns: 25 },
      )
    })
  })
}

const readsWholeGroups = async (store: Store, sizes: readonly number[], limit: number) => {
  for (const size of sizes) await commit(store, { appends: Array.from({ length: size }, (_, n) => append(`w_${n}`, 'x')) })
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(await store.feedEnd('harbour-a')).toBe(total)
  let at = 0
  while (at < total) {
    const page = await store.feed('harbour-a', at, limit)
    expect(sequences(page)).toEqual(Array.from({ length: page.length }, (_, n) => at + n + 1))
    const following = await store.feed('harbour-a', at + page.length, 1)
    expect(following[0]?.group).not.toBe(page.at(-1)?.group)
    const groups = new Set(page.map((entry) => entry.group))
    if (page.length > limit) expect(groups.size).toBe(1)
    at += page.length
  }
}
