/** What the SQLite adapter's tests share: files in a directory of their own, and a door past the adapter to the bytes below it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Random } from '../../ports/random.ts'
import type { Store } from '../../ports/store.ts'
import { SCHEMAS } from '../../testing/store-contract/subject.ts'
import { openSqliteStore } from './open.ts'

/** A plain linear congruential generator: each generation differs, and none depends on luck. */
let seed = 1
export const random: Random = {
  u32: () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed
  },
}

export const openAt = (path: string, schemas = SCHEMAS): Store => openSqliteStore({ path, schemas, random })

export const withDirectory = async (use: (directory: string) => Promise<void> | void): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-store-'))
  try {
    await use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Changes a closed store's file behind its back. */
export const tamper = (path: string, sql: string): void => {
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
}
