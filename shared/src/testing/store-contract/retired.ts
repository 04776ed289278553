/** S8, S9: what is archived reads as before; what is erased keeps its places and nothing in them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { append, batchOf, commit, expectUnchanged, SCHEMAS, type StoreSubject, textsOf, withStore } from './subject.ts'

const retire = async (
  store: Parameters<typeof commit>[0],
  parts: { readonly archive?: readonly string[]; readonly erase?: readonly string[] },
) => {
  const done = await store.commit({ ...batchOf({}), ...parts })
  if (!done.ok) throw new Error(`the commit failed: ${done.error.code}`)
}

export const retiredContract = (subject: StoreSubject): void => {
  describe('retired documents', () => {
    test('PER-7 D4 S8 archiving changes nothing that is read, done once or again', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a'), append('w_2', 'x', 'harbour-a', 'cloud'), append('w_1', '')] })
        await commit(store, { appends: [append('w_1', 'c'), append('w_3', new Uint8Array(70_000).fill(7))] })
        for (const archive of [['w_1', 'w_3'], ['w_1'], ['w_none'], []]) await expectUnchanged(store, () => retire(store, { archive }))
      }))

    test('PER-7 D4 S8 an archived document is appended to like every other, and archived again', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a'), append('w_1', 'b')] })
        await retire(store, { archive: ['w_1'] })
        await commit(store, { appends: [append('w_1', 'c')], expected: [['w_1', 2]] })
        expect(textsOf((await store.document('w_1'))?.updates ?? [])).toEqual(['a', 'b', 'c'])
        await expectUnchanged(store, () => retire(store, { archive: ['w_1'] }))
        expect(textsOf((await store.feed('harbour-a', 0, 10)).map(({ update }) => update))).toEqual(['a', 'b', 'c'])
      }))

    test('PER-7 D4 S9 an erased document keeps its version and its places in the feed, all of them empty; others keep everything', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a'), append('w_2', 'x'), append('w_1', 'b')] })
        await retire(store, { archive: ['w_1'] })
        await retire(store, { erase: ['w_1', 'w_none'] })
        expect(await store.document('w_1')).toMatchObject({ home: 'harbour-a', version: 2 })
        expect(textsOf((await store.document('w_1'))?.updates ?? [])).toEqual(['', ''])
        const feed = await store.feed('harbour-a', 0, 10)
        expect(feed.map(({ sequence, document, update }) => [sequence, document, update.length])).toEqual([
          [1, 'w_1', 0],
          [2, 'w_2', 1],
          [3, 'w_1', 0],
        ])
        expect(await store.feedEnd('harbour-a')).toBe(3)
        expect(textsOf((await store.document('w_2'))?.updates ?? [])).toEqual(['x'])
        await commit(store, { appends: [append('w_2', 'y')], expected: [['w_1', 2]] })
      }))

    test('S8 S9 a document appended to and put away in one batch is a mistake, and changes nothing', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a')] })
        for (const parts of [{ archive: ['w_1'] }, { erase: ['w_1'] }])
          await expectUnchanged(store, () =>
            expect(store.commit({ ...batchOf({ appends: [append('w_1', 'b')] }), ...parts })).rejects.toThrow(TypeError),
          )
      }))

    test('S8 any updates, archived whenever: the same document and the same feed, also when opened again', async () => {
      const moves = fc.array(fc.oneof(fc.constant('archive' as const), fc.uint8Array({ maxLength: 40 })), { maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(moves, async (all) => {
          let store = await subject.open(SCHEMAS)
          const written: Uint8Array[] = []
          for (const move of all) {
            if (move === 'archive') await retire(store, { archive: ['w_1'] })
            else {
              written.push(move)
              await commit(store, { appends: [append('w_1', move), append('w_2', 'between')] })
            }
          }
          store = (await subject.reopen?.(store, SCHEMAS)) ?? store
          const updates = (await store.document('w_1'))?.updates ?? []
          const fed = (await store.feed('harbour-a', 0, 100)).filter(({ document }) => document === 'w_1')
          await store.close()
          expect(updates.map((update) => [...update])).toEqual(written.map((update) => [...update]))
          expect(fed.map(({ update }) => [...update])).toEqual(written.map((update) => [...update]))
        }),
        { numRuns: 25 },
      )
    })
  })
}
