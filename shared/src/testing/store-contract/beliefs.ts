/** S10: a commit rests on the rows that its caller has read. */
import { describe, expect, test } from 'vitest'
import type { Belief } from '../../ports/store.ts'
import { append, batchOf, commit, expectUnchanged, put, type StoreSubject, withStore } from './subject.ts'

const believe = (key: string, value?: Belief['value']): Belief => ({ collection: 'tasks', key, value })

export const beliefsContract = (subject: StoreSubject): void => {
  describe('believed rows', () => {
    test('S10 a commit goes through on rows as they are, absent ones included, whatever the order of their members', () =>
      withStore(subject, async (store) => {
        await commit(store, { puts: [put('t', { status: 'open', steps: [1, { a: null, b: '\u0000' }] }), put('u', null), put('v', 0)] })
        const believed = [
          believe('t', { steps: [1, { b: '\u0000', a: null }], status: 'open' }),
          believe('u', null),
          believe('v', 0),
          believe('none'),
        ]
        const done = await store.commit({ ...batchOf({ puts: [put('t', 2), put('none', 1)] }), believed })
        expect(done).toMatchObject({ ok: true })
        expect([await store.get('tasks', 't'), await store.get('tasks', 'none')]).toEqual([2, 1])
      }))

    test('S10 one belief that does not hold, the last of many, changes nothing and is named', () =>
      withStore(subject, async (store) => {
        await commit(store, { appends: [append('w_1', 'a')], puts: [put('t', { n: 1 }), put('u', null)] })
        const wrong = [
          believe('t', { n: 2 }),
          believe('t'),
          believe('t', null),
          believe('u'),
          believe('none', null),
          believe('t', { n: '1' }),
        ]
        for (const belief of wrong) {
          await expectUnchanged(store, async () => {
            const believed = [believe('t', { n: 1 }), believe('none'), belief]
            const refused = await store.commit({ ...batchOf({ appends: [append('w_1', 'b')], puts: [put('t', 3)] }), believed })
            expect(refused).toEqual({ ok: false, error: { code: 'row-mismatch', collection: 'tasks', key: belief.key } })
          })
        }
      }))

    test('S10 of commits in flight together that rest on one row, one goes through', () =>
      withStore(subject, async (store) => {
        const first = { ...batchOf({ puts: [put('t', 1)] }), believed: [believe('t')] }
        const results = await Promise.all([store.commit(first), store.commit(first), store.commit(first)])
        expect(results.map(({ ok }) => ok)).toEqual([true, false, false])
      }))

    test('S10 a belief about what is not declared is a mistake', () =>
      withStore(subject, (store) =>
        expect(store.commit({ ...batchOf({}), believed: [{ collection: 'undeclared', key: 'k' }] })).rejects.toThrow(TypeError),
      ))
  })
}
