/** S4 and the ends of a handle: closing, opening again, and the name of the data's life. */
import { describe, expect, test } from 'vitest'
import { type Query, StoreFailure } from '../../ports/store.ts'
import { append, batchOf, commit, commitError, put, SCHEMAS, type StoreSubject, textsOf } from './subject.ts'

export const lifeContract = (subject: StoreSubject): void => {
  const { reopen } = subject
  describe('life', () => {
    test('a closed store says so, and closing twice is harmless', async () => {
      const store = await subject.open(SCHEMAS)
      await commit(store, { puts: [put('t', 1)] })
      await store.close()
      await store.close()
      expect((await commitError(store, { puts: [put('t', 2)] })).code).toBe('closed')
      const reads = [
        store.document('w_1'),
        store.get('tasks', 't'),
        store.list('tasks', { limit: 1 }),
        store.feed('h', 0, 1),
        store.feedEnd('h'),
      ]
      for (const read of await Promise.allSettled(reads)) {
        expect(read.status === 'rejected' && read.reason instanceof StoreFailure && read.reason.reason.code).toBe('closed')
      }
    })

    test('S4 two stores have different generations, neither of them empty', async () => {
      const stores = [await subject.open(SCHEMAS), await subject.open(SCHEMAS)]
      expect(new Set(stores.map((store) => store.generation)).size).toBe(2)
      expect(stores.every((store) => store.generation.length > 0)).toBe(true)
      for (const store of stores) await store.close()
    })

    test.skipIf(reopen === undefined)('PER-2 S1 S4 a store opened again has everything, and goes on where it stopped', async () => {
      let store = await subject.open(SCHEMAS)
      const { generation } = store
      const group = await commit(store, {
        appends: [append('w_1', 'a'), append('w_1', 'b')],
        puts: [put('t', { status: 'open' }), put('u', 1)],
      })
      await commit(store, { removals: [{ collection: 'tasks', key: 'u' }] })
      store = (await reopen?.(store, SCHEMAS)) ?? store
      expect(store.generation).toBe(generation)
      expect(textsOf((await store.document('w_1'))?.updates ?? [])).toEqual(['a', 'b'])
      expect(await store.list('tasks', { where: { index: 'status', equals: 'open' }, limit: 9 })).toEqual([
        { key: 't', value: { status: 'open' } },
      ])
      const next = await commit(store, { appends: [append('w_1', 'c')], expected: [['w_1', 2]] })
      expect(next).toBe(group + 2)
      expect((await store.feed('harbour-a', 0, 9)).map((entry) => [entry.sequence, entry.group])).toEqual([
        [1, group],
        [2, group],
        [3, next],
      ])
      await store.close()
    })

    test.skipIf(reopen === undefined)('S1 what was called before a close is in the store or was answered otherwise', async () => {
      let store = await subject.open(SCHEMAS)
      const committing = Array.from({ length: 5 }, (_, n) => store.commit(batchOf({ appends: [append('w_1', `${n}`)] })))
      store = (await reopen?.(store, SCHEMAS)) ?? store
      const committed = (await Promise.all(committing)).filter(({ ok }) => ok)
      expect((await store.document('w_1'))?.version ?? 0).toBe(committed.length)
      expect(await store.feedEnd('harbour-a')).toBe(committed.length)
      await store.close()
    })

    test.skipIf(reopen === undefined)('indices follow their declaration; a collection no longer declared keeps its rows', async () => {
      const old = { name: 'old', indices: [] }
      let store = await subject.open([{ name: 'tasks', indices: ['status'] }, old])
      await commit(store, { puts: [put('t', { owner: 'ada' }), put('u', { owner: 'bob' }), put('o', 1, 'old')] })
      store = (await reopen?.(store, [{ name: 'tasks', indices: ['owner'] }])) ?? store
      const bobs: Query = { where: { index: 'owner', equals: 'bob' }, limit: 9 }
      expect(await store.list('tasks', bobs)).toEqual([{ key: 'u', value: { owner: 'bob' } }])
      await expect(store.list('tasks', { where: { index: 'status', equals: 'x' }, limit: 9 })).rejects.toThrow(TypeError)
      await commit(store, { puts: [put('u', { owner: 'ada' }), put('v', { owner: 'bob' })] })
      expect((await store.list('tasks', bobs)).map(({ key }) => key)).toEqual(['v'])
      store = (await reopen?.(store, [old])) ?? store
      expect(await store.get('old', 'o')).toBe(1)
      await store.close()
    })
  })
}
