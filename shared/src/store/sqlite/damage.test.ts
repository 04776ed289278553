import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Store, StoreFailure } from '../../ports/store.ts'
import { append, commit, commitError, put } from '../../testing/store-contract/subject.ts'
import { openAt, tamper, withDirectory } from './fixture.ts'

const whereOf = async (read: Promise<unknown>): Promise<string> => {
  const error = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof StoreFailure && error.reason.code === 'corrupt') return error.reason.where
  throw new Error(`the damage was not found: ${error}`)
}

/** A store with some content, closed, changed by `damage`, and open again. */
const damaged = (damage: (path: string) => void, use: (store: Store, path: string) => Promise<void>) =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    const store = openAt(path)
    await commit(store, { appends: [append('w_1', 'PAYLOAD-ONE'), append('w_2', 'payload-two'), append('w_1', 'payload-3')] })
    await commit(store, { puts: [put('k1', { status: 'VALUE-ONE' }), put('k2', { status: 'value-two' })] })
    await store.close()
    damage(path)
    const reopened = openAt(path)
    await use(reopened, path)
    await reopened.close()
  })

/** Flips one bit of the first place in the raw file where the text stands. */
const flipInFile = (text: string) => (path: string) => {
  const file = readFileSync(path)
  const at = file.indexOf(text)
  expect(at).toBeGreaterThan(0)
  file.writeUInt8(file.readUInt8(at + 3) ^ 1, at + 3)
  writeFileSync(path, file)
}

describe('PER-8 S5 damage is found at the read, and its place is named', () => {
  test('one bit of an update flipped in the raw file', () =>
    damaged(flipInFile('PAYLOAD-ONE'), async (store) => {
      expect(await whereOf(store.document('w_1'))).toBe('update harbour-a/1 of w_1')
      expect(await whereOf(store.feed('harbour-a', 0, 1))).toBe('update harbour-a/1 of w_1')
      expect((await store.document('w_2'))?.version).toBe(1)
    }))

  test('one bit of a row flipped in the raw file; its neighbours and commits go on', () =>
    damaged(flipInFile('VALUE-ONE'), async (store) => {
      expect(await whereOf(store.get('tasks', 'k1'))).toBe('row tasks/k1')
      expect(await whereOf(store.list('tasks', { limit: 9 }))).toBe('row tasks/k1')
      expect(await store.get('tasks', 'k2')).toEqual({ status: 'value-two' })
      await commit(store, { puts: [put('k1', { status: 'rebuilt' })] })
      expect(await store.get('tasks', 'k1')).toEqual({ status: 'rebuilt' })
    }))

  test('PER-7 an archive whose bytes were changed, and one that is missing', () =>
    withDirectory(async (directory) => {
      for (const [damage, where] of [
        [`UPDATE archives SET bytes = zeroblob(9)`, 'archive of w_1'],
        ['DELETE FROM archives', 'update harbour-a/1 of w_1'],
      ] as const) {
        const path = join(directory, `${where}.db`.replaceAll('/', ' '))
        const store = openAt(path)
        await commit(store, { appends: [append('w_1', 'one'), append('w_2', 'two')] })
        await store.commit({ appends: [], puts: [], removals: [], expected: new Map(), archive: ['w_1'] })
        await store.close()
        tamper(path, damage)
        const reopened = openAt(path)
        expect([await whereOf(reopened.document('w_1')), await whereOf(reopened.feed('harbour-a', 0, 9))]).toEqual([where, where])
        expect((await reopened.document('w_2'))?.version).toBe(1)
        await reopened.close()
      }
    }))

  test.each([
    ['an update is missing', 'DELETE FROM updates WHERE document = 1 AND version = 2'],
    ['the first are missing', 'DELETE FROM updates WHERE document = 1 AND version < 3'],
    ['bytes were changed', 'UPDATE updates SET bytes = zeroblob(9) WHERE document = 1'],
  ])('SYN-11 S9 a document of which %s is whole again once it is erased, and can be written anew', (_, damage) =>
    withDirectory(async (directory) => {
      const path = join(directory, 'a.db')
      const store = openAt(path)
      for (const text of ['one', 'two', 'three']) await commit(store, { appends: [append('w_1', text), append('w_2', text)] })
      await store.close()
      tamper(path, damage)
      const reopened = openAt(path)
      expect(await whereOf(reopened.document('w_1'))).toContain('w_1')
      await reopened.commit({ appends: [], puts: [], removals: [], expected: new Map(), erase: ['w_1'] })
      expect((await reopened.document('w_1'))?.updates.map(({ length }) => length)).toEqual([0, 0, 0])
      await commit(reopened, { appends: [append('w_1', 'again')], expected: [['w_1', 3]] })
      await reopened.close()
      const last = openAt(path)
      expect((await last.document('w_1'))?.version).toBe(4)
      const feed = await last.feed('harbour-a', 0, 99)
      expect(feed.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7])
      expect(feed.map(({ document, update }) => (update.length > 0 ? document : ''))).toEqual(['', 'w_2', '', 'w_2', '', 'w_2', 'w_1'])
      await last.close()
    }),
  )

  test('two updates whose bytes and seals changed places', () =>
    damaged(
      (path) =>
        tamper(
          path,
          `CREATE TEMP TABLE t AS SELECT position, bytes, crc FROM updates WHERE sequence < 3;
        UPDATE updates SET (bytes, crc) = (SELECT bytes, crc FROM t WHERE t.position = 3 - updates.position) WHERE sequence < 3`,
        ),
      async (store) => expect(await whereOf(store.document('w_2'))).toBe('update harbour-a/2 of w_2'),
    ))

  test('two rows whose values and seals changed places', () =>
    damaged(
      (path) => tamper(path, `UPDATE rows_tasks SET key = 'k0' WHERE key = 'k1'; UPDATE rows_tasks SET key = 'k1' WHERE key = 'k2'`),
      async (store) => expect(await whereOf(store.get('tasks', 'k1'))).toBe('row tasks/k1'),
    ))

  test.each([
    ['an update is gone', 'DELETE FROM updates WHERE sequence = 1', 'document w_1', 'update harbour-a/1'],
    [
      'an update has another number',
      'UPDATE updates SET sequence = 9 WHERE sequence = 3',
      'update harbour-a/9 of w_1',
      'update harbour-a/9 of w_1',
    ],
    [
      'an update has another origin',
      `UPDATE updates SET origin = 'x' WHERE sequence = 3`,
      'update harbour-a/3 of w_1',
      'update harbour-a/3 of w_1',
    ],
    ['an update has another group', 'UPDATE updates SET commit_number = 2', 'update harbour-a/1 of w_1', 'update harbour-a/1 of w_1'],
    ['a document has another home', `UPDATE documents SET home = 'harbour-b' WHERE id = 'w_1'`, 'document w_1', undefined],
    ['a document is gone', `DELETE FROM documents WHERE id = 'w_2'`, undefined, 'update harbour-a/2'],
    [
      'an update stands in another document',
      'UPDATE updates SET document = 2, version = 2 WHERE sequence = 3',
      undefined,
      'update harbour-a/3 of w_2',
    ],
  ])('%s', (_name, sql, whereOfDocument, whereOfFeed) =>
    damaged(
      (path) => tamper(path, sql),
      async (store) => {
        if (whereOfDocument !== undefined) expect(await whereOf(store.document('w_1'))).toBe(whereOfDocument)
        if (whereOfFeed !== undefined) expect(await whereOf(store.feed('harbour-a', 0, 9))).toBe(whereOfFeed)
      },
    ),
  )

  test('a commit that would build on a damaged update is refused, and others go through', () =>
    damaged(
      (path) => tamper(path, `UPDATE updates SET bytes = x'00' WHERE sequence = 2`),
      async (store) => {
        const error = await commitError(store, { appends: [append('w_2', 'x')], expected: [['w_2', 1]] })
        expect(error).toMatchObject({ code: 'corrupt', where: 'update harbour-a/2 of w_2' })
        await commit(store, { appends: [append('w_1', 'x')], expected: [['w_1', 2]] })
      },
    ))

  test('damage to the description of the store itself, or a file that is none, stops the open', () =>
    withDirectory(async (directory) => {
      const path = join(directory, 'a.db')
      await openAt(path).close()
      tamper(path, `UPDATE meta SET generation = 'forged'`)
      expect(() => openAt(path)).toThrow('store: corrupt')
      writeFileSync(join(directory, 'b.db'), 'not a database, and longer than a header of one hundred bytes'.repeat(20))
      expect(() => openAt(join(directory, 'b.db'))).toThrow('store: corrupt')
    }))
})

describe('PER-2 a torn tail', () => {
  const COMMITS = 12

  /** Copies of the files as a power cut would leave them, mid-life, with everything still in the WAL. */
  const withTornCopy = (tear: (wal: string) => void, check: (survivors: number) => void) =>
    withDirectory(async (directory) => {
      const path = join(directory, 'a.db')
      const store = openAt(path)
      for (let n = 1; n <= COMMITS; n += 1) {
        await commit(store, { appends: [append('w_1', `${n}a`), append('w_2', `${n}b`)], puts: [put('last', n)] })
      }
      const copy = join(directory, 'copy.db')
      for (const suffix of ['', '-wal']) copyFileSync(path + suffix, copy + suffix)
      await store.close()
      tear(`${copy}-wal`)
      check(await survivorsOf(copy))
    })

  /** The copy must hold a clean prefix: whole commits, every projection as of the last of them. */
  const survivorsOf = async (path: string): Promise<number> => {
    const store = openAt(path)
    const survivors = Number((await store.get('tasks', 'last')) ?? 0)
    const feed = await store.feed('harbour-a', 0, Number.POSITIVE_INFINITY)
    expect(feed.map((entry) => entry.sequence)).toEqual(Array.from({ length: 2 * survivors }, (_, n) => n + 1))
    expect((await store.document('w_1'))?.version ?? 0).toBe(survivors)
    await commit(store, { appends: [append('w_1', 'goes on')], expected: [['w_1', survivors]] })
    await store.close()
    return survivors
  }

  test('untouched, every commit is there', () =>
    withTornCopy(
      () => {},
      (survivors) => expect(survivors).toBe(COMMITS),
    ))

  test.each([1, 100, 4_119, 4_120])('cut off by %i bytes: the last frame is padding, and a copy of the one before it', (bytes) =>
    withTornCopy(
      (wal) => truncateSync(wal, statSync(wal).size - bytes),
      (survivors) => expect(survivors).toBe(COMMITS),
    ),
  )

  test.each([9_000, 30_000, 100_000])('cut off by %i bytes: a clean prefix', (bytes) =>
    withTornCopy(
      (wal) => truncateSync(wal, Math.max(0, statSync(wal).size - bytes)),
      (survivors) => expect(survivors).toBeLessThan(COMMITS),
    ),
  )

  test.each([8_300, 30_000])('garbled over the last %i bytes: a clean prefix', (bytes) =>
    withTornCopy(
      (wal) => {
        const file = readFileSync(wal)
        writeFileSync(
          wal,
          file.map((byte, at) => (at >= file.length - bytes ? byte ^ 0x5a : byte)),
        )
      },
      (survivors) => expect(survivors).toBeLessThan(COMMITS),
    ),
  )

  test('the WAL lost altogether: an empty store, not a broken one', () =>
    withTornCopy(
      (wal) => {
        expect(existsSync(wal)).toBe(true)
        truncateSync(wal, 0)
      },
      (survivors) => expect(survivors).toBe(0),
    ))
})
