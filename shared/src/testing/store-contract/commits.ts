/** S1, S2, S6: a commit is all or nothing, rests on the versions it expects, and keeps its place in the order. */
import { describe, expect, test } from 'vitest'
import {
  append,
  batchOf,
  commit,
  commitError,
  compareBytes,
  expectUnchanged,
  put,
  type StoreSubject,
  textsOf,
  withStore,
} from './subject.ts'

const HUGE_BYTES = 4 * 1024 * 1024

export const commitsContract = (subject: StoreSubject): void => {
  describe('commits', () => {
    test('PER-6 S1 a document is its updates in the order they were appended', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a'), append('w_2', 'x'), append('w_1', 'b')] })
        await commit(store, { appends: [append('w_1', 'c')] })
        const document = await store.document('w_1')
        expect(document?.home).toBe('harbour-a')
        expect(document?.version).toBe(3)
        expect(textsOf(document?.updates ?? [])).toEqual(['a', 'b', 'c'])
        expect(await store.document('w_none')).toBeUndefined()
      }))

    test('S1 empty and huge updates come back byte for byte, and a view into a larger buffer is stored as the view', () =>
      withStore(subject, async (store) => {
        const huge = new Uint8Array(HUGE_BYTES).map((_, index) => index * 31)
        const view = new Uint8Array([9, 9, 1, 2, 3, 9]).subarray(2, 5)
        await commit(store, { appends: [append('w_1', new Uint8Array(0)), append('w_1', huge), append('w_1', view)] })
        const updates = (await store.document('w_1'))?.updates ?? []
        expect(updates[0]).toHaveLength(0)
        expect(compareBytes(updates[1] ?? new Uint8Array(0), huge)).toBe(0)
        expect([...(updates[2] ?? [])]).toEqual([1, 2, 3])
      }))

    test('S2 a commit on the versions it expects goes through, a new document being at 0', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a')], expected: [['w_1', 0]] })
        await commit(store, {
          appends: [append('w_1', 'b')],
          expected: [
            ['w_1', 1],
            ['w_2', 0],
          ],
        })
        expect((await store.document('w_1'))?.version).toBe(2)
      }))

    test('S2 one mismatch, the last of many, changes nothing and says what was found', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a'), append('w_1', 'b'), append('w_2', 'x')], puts: [put('t', 1)] })
        const stale = {
          appends: [append('w_1', 'c'), append('w_3', 'new')],
          puts: [put('t', 2), put('u', 3)],
          expected: [...Array.from({ length: 50 }, (_, n) => [`w_none${n}`, 0] as const), ['w_2', 1] as const, ['w_1', 1] as const],
        }
        await expectUnchanged(store, async () => {
          expect(await commitError(store, stale)).toEqual({ code: 'version-mismatch', document: 'w_1', expected: 1, found: 2 })
        })
        await commit(store, { appends: [append('w_1', 'c')], expected: [['w_1', 2]] })
      }))

    test('S1 a batch that breaks its declarations rejects and changes nothing, whatever stood before the breach', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a')], puts: [put('t', 1)] })
        const before = { appends: [append('w_1', 'b'), append('w_2', 'x')], puts: [put('u', 2)] }
        const breaches = [
          { ...before, puts: [...before.puts, put('k', 1, 'undeclared')] },
          { ...before, removals: [{ collection: 'undeclared', key: 'k' }] },
          { ...before, puts: [...before.puts, put('\ud800', 1)] },
          { ...before, removals: [{ collection: 'tasks', key: 'u' }] },
          { ...before, appends: [...before.appends, append('w_1', 'b', 'harbour-b')] },
          { ...before, appends: [...before.appends, append('w_2', 'y', 'harbour-b')] },
        ]
        for (const breach of breaches) {
          await expectUnchanged(store, () => expect(store.commit(batchOf(breach))).rejects.toThrow(TypeError))
        }
        expect(await commit(store, { appends: [append('w_1', 'b')], expected: [['w_1', 1]] })).toBeGreaterThan(1)
      }))

    test('S6 commits in flight together are applied in the order they were called', () =>
      withStore(subject, async (store) => {
        const first = store.commit(batchOf({ appends: [append('w_1', 'a')], puts: [put('t', 'first')], expected: [['w_1', 0]] }))
        const second = store.commit(batchOf({ appends: [append('w_1', 'b')], puts: [put('t', 'second')], expected: [['w_1', 1]] }))
        const third = store.commit(batchOf({ appends: [append('w_1', 'c')], puts: [put('t', 'third')], expected: [['w_1', 1]] }))
        expect((await Promise.all([first, second, third])).map(({ ok }) => ok)).toEqual([true, true, false])
        expect(textsOf((await store.document('w_1'))?.updates ?? [])).toEqual(['a', 'b'])
        expect(await store.get('tasks', 't')).toBe('second')
      }))

    test('S1 S6 a commit that rejects among others in flight leaves those before and after it as they are', () =>
      withStore(subject, async (store) => {
        const before = store.commit(batchOf({ appends: [append('w_1', 'a')], puts: [put('t', 1)] }))
        const breach = store.commit(batchOf({ appends: [append('w_2', 'x'), append('w_1', 'b', 'harbour-b')], puts: [put('t', 2)] }))
        const after = store.commit(batchOf({ appends: [append('w_1', 'c'), append('w_2', 'y')], expected: [['w_1', 1]] }))
        await expect(breach).rejects.toThrow(TypeError)
        expect([await before, await after]).toEqual([
          { ok: true, value: { group: 1 } },
          { ok: true, value: { group: 2 } },
        ])
        expect(textsOf((await store.document('w_2'))?.updates ?? [])).toEqual(['y'])
        expect((await store.feed('harbour-a', 0, 9)).map(({ sequence, group }) => [sequence, group])).toEqual([
          [1, 1],
          [2, 2],
          [3, 2],
        ])
        expect(await store.get('tasks', 't')).toBe(1)
      }))

    test('S6 S7 reads beside commits see each of them whole or not at all', () =>
      withStore(subject, async (store) => {
        const triple = batchOf({ appends: ['w_1', 'w_2', 'w_1'].map((document) => append(document, 'x')) })
        const commits = Array.from({ length: 8 }, () => store.commit(triple))
        const reads = commits.map(async (committing, index) => {
          const beside = [store.feed('harbour-a', 0, 99), store.document('w_1'), store.feedEnd('harbour-a')] as const
          await committing
          const [feed, document, end] = await Promise.all(beside)
          expect([feed.length % 3, (document?.version ?? 0) % 2, end % 3]).toEqual([0, 0, 0])
          expect(await store.feedEnd('harbour-a')).toBeGreaterThanOrEqual(3 * (index + 1))
        })
        await Promise.all(reads)
      }))

    test('S1 neither the caller nor a reader can reach into what is stored', () =>
      withStore(subject, async (store) => {
        const update = new Uint8Array([1, 2, 3])
        const value = { status: 'open', steps: [{ name: 'load' }] }
        const committing = store.commit(batchOf({ appends: [append('w_1', update)], puts: [put('t', value)] }))
        update.fill(9)
        value.steps.push({ name: 'forged' })
        await committing
        ;(await store.document('w_1'))?.updates[0]?.fill(7)
        ;(await store.feed('harbour-a', 0, 1))[0]?.update.fill(7)
        expect([...((await store.document('w_1'))?.updates[0] ?? [])]).toEqual([1, 2, 3])
        expect(await store.get('tasks', 't')).toEqual({ status: 'open', steps: [{ name: 'load' }] })
      }))
  })
}
