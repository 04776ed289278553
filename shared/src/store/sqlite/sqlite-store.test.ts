import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { append, commit, put } from '../../testing/store-contract/subject.ts'
import { storeContract } from '../../testing/store-contract.ts'
import { StoreInUse } from '../store-in-use.ts'
import { nodeHost } from './database.ts'
import { writeError } from './errors.ts'
import { openAt, tamper, withDirectory } from './fixture.ts'
import { Session } from './session.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-contract-'))
const paths = new Map<unknown, string>()
afterAll(() => rmSync(root, { recursive: true, force: true }))

const opened = (path: string, schemas: Parameters<typeof openAt>[1]) => {
  const store = openAt(path, schemas)
  paths.set(store, path)
  return store
}

storeContract('sqlite', {
  open: (schemas) => opened(join(root, `${paths.size}.db`), schemas),
  reopen: async (store, schemas) => {
    await store.close()
    return opened(paths.get(store) ?? '', schemas)
  },
})

test('PER-2 every open sets and reads back what power cuts ask for', () =>
  withDirectory((directory) => {
    for (const _ of [1, 2]) {
      const session = new Session(join(directory, 'a.db'))
      expect(session.database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
      expect(session.database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
      session.close()
    }
    const host = { ...nodeHost, open: () => new DatabaseSync(':memory:') }
    expect(() => new Session(join(directory, 'b.db'), { host })).toThrow('journal_mode')
  }))

test('S6 a second open of the same file is refused until the first is closed', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    const first = openAt(path)
    await commit(first, { puts: [put('t', 1)] })
    expect(() => openAt(path)).toThrow(StoreInUse)
    expect(() => openAt(join(directory, '.', 'a.db'))).toThrow('store-in-use')
    await commit(first, { puts: [put('t', 2)] })
    await first.close()
    const second = openAt(path)
    expect(await second.get('tasks', 't')).toBe(2)
    await second.close()
  }))

test('an index query is answered from its index, in key order, without sorting', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    await openAt(path).close()
    const database = new DatabaseSync(path)
    const plan = database.prepare(
      `EXPLAIN QUERY PLAN SELECT key, value, crc FROM "rows_tasks" WHERE (value -> '$."status"') = ? AND key > ? ORDER BY key LIMIT ?`,
    )
    expect(plan.all('"open"', 'a', 1).map((row) => row.detail)).toEqual([
      expect.stringContaining('USING INDEX rows_tasks.status (<expr>=? AND key>?)'),
    ])
    database.close()
  }))

test('a file of a newer program is refused, and left as it is', () =>
  withDirectory(async (directory) => {
    const path = join(directory, 'a.db')
    const session = new Session(path)
    session.close()
    const store = openAt(path)
    await commit(store, { appends: [append('w_1', 'a')] })
    await store.close()
    const { schemaVersion } = await raiseSchemaVersion(path)
    expect(() => openAt(path)).toThrow(`has schema ${schemaVersion}, newer than this program's`)
  }))

test('PER-8 writes to a file that may not be written are answered `read-only`', () =>
  withDirectory((directory) => {
    const path = join(directory, 'a.db')
    tamper(path, 'CREATE TABLE t (a)')
    const database = new DatabaseSync(path, { readOnly: true })
    let caught: unknown
    try {
      database.exec('INSERT INTO t VALUES (1)')
    } catch (error) {
      caught = error
    }
    database.close()
    expect(writeError(caught, path)?.code).toBe('read-only')
  }))

const raiseSchemaVersion = async (path: string) => {
  const { sealOfMeta } = await import('./seal.ts')
  const { readMeta } = await import('./tables.ts')
  const session = new Session(path)
  const meta = { ...readMeta(session), schemaVersion: 99 }
  session.close()
  tamper(path, `UPDATE meta SET schema_version = 99, crc = ${sealOfMeta(meta.generation, 99, meta.commits)}`)
  return meta
}
