/** The contract of the `Neighbours` port, for stores that several processes share. Rules N1 and N2. */
import { describe, expect, test } from 'vitest'
import type { SharedStore } from '../ports/neighbours.ts'
import { append, batchOf, commit, put } from './store-contract/subject.ts'

export interface NeighboursSubject {
  /** So many handles on a new, empty database. */
  open(count: 2 | 3): Promise<readonly SharedStore[]>
}

const closeAll = async (stores: readonly SharedStore[]): Promise<void> => {
  for (const store of stores) await store.close()
}

const opened = async ({ open }: NeighboursSubject) => {
  const [a, b, c] = await open(3)
  if (a === undefined || b === undefined || c === undefined) throw new Error('three handles were asked for')
  return { a, b, c, close: () => closeAll([a, b, c]) }
}

export const neighboursContract = (name: string, subject: NeighboursSubject): void => {
  describe(`${name} neighbours`, () => {
    test('N1 S2 S3 what one handle has committed the others read, and commit upon or not', async () => {
      const { a, b, close } = await opened(subject)
      expect(a.generation).toBe(b.generation)
      await commit(a, { appends: [append('w_1', 'a')], puts: [put('t', 1)], expected: [['w_1', 0]] })
      expect([await b.feedEnd('harbour-a'), await b.get('tasks', 't'), (await b.document('w_1'))?.version]).toEqual([1, 1, 1])
      expect(await b.commit(batchOf({ appends: [append('w_1', 'x')], expected: [['w_1', 0]] }))).toMatchObject({
        error: { code: 'version-mismatch', found: 1 },
      })
      await commit(b, { appends: [append('w_1', 'b')], expected: [['w_1', 1]] })
      expect((await a.feed('harbour-a', 0, 9)).map(({ sequence }) => sequence)).toEqual([1, 2])
      await close()
    })

    test('S10 of handles that rest on one row, present or not, one goes through', async () => {
      const { a, b, c, close } = await opened(subject)
      for (const [before, after] of [
        [undefined, 1],
        [1, 2],
      ] as const) {
        const batch = { ...batchOf({ puts: [put('t', after)] }), believed: [{ collection: 'tasks', key: 't', value: before }] }
        const results = await Promise.all([a, b, c].map((store) => store.commit(batch)))
        expect(results.filter(({ ok }) => ok)).toHaveLength(1)
        expect(results.flatMap((each) => (each.ok ? [] : [each.error.code]))).toEqual(['row-mismatch', 'row-mismatch'])
      }
      await close()
    })

    test('N1 changes tell every append with its place, whoever made it, in pages', async () => {
      const { a, b, c, close } = await opened(subject)
      const first = await commit(a, { appends: [append('w_1', 'a'), append('w_2', 'x'), append('w_9', 'z', 'harbour-b')] })
      const second = await commit(b, { appends: [append('w_1', 'b', 'harbour-a', 'cloud')] })
      const all = await c.neighbours.changes('harbour-a', 0, 9)
      expect(all.map(({ sequence, group, document, version }) => [sequence, group, document, version])).toEqual([
        [1, first, 'w_1', 1],
        [2, first, 'w_2', 1],
        [3, second, 'w_1', 2],
      ])
      expect(all.at(-1)?.origin).toBe('cloud')
      expect((await c.neighbours.changes('harbour-a', 1, 1)).map(({ sequence }) => sequence)).toEqual([2])
      expect([await c.neighbours.changes('harbour-a', 3, 9), await c.neighbours.changes('none', 0, 9)]).toEqual([[], []])
      expect([...(await c.neighbours.ends())].sort()).toEqual([
        ['harbour-a', 3],
        ['harbour-b', 1],
      ])
      await close()
    })

    test('N2 a handle that listens hears of the others, not of itself, until it stops', async () => {
      const { a, b, close } = await opened(subject)
      let heard = 0
      let wanted = Promise.withResolvers<void>()
      const stop = b.neighbours.onHint(() => {
        heard += 1
        wanted.resolve()
      })
      // Where a connection listens, it may say once of itself that it listens now.
      while (heard === 0) {
        await commit(a, { appends: [append('w_1', 'a')] })
        await Promise.race([wanted.promise, new Promise((resolve) => setTimeout(resolve, 20))])
      }
      wanted = Promise.withResolvers()
      await commit(a, { appends: [append('w_1', 'b')] })
      await wanted.promise
      stop()
      const before = heard
      await commit(a, { appends: [append('w_1', 'c')] })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(heard).toBe(before)
      await close()
    })
  })
}
