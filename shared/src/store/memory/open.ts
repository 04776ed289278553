/**
 * A store that lasts as long as its process: for tests, for browsers that may not keep anything, and as the plainest reading of the port.
 * Commits take effect within the call, so they can't overtake each other (S6). A closed memory store has nothing to open again.
 */
import { type Batch, type CollectionSchema, type Store, type StoreError, StoreFailure } from '../../ports/store.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { assertBatch, declare } from '../declared.ts'
import { readDocument, readFeed, readFeedEnd, readRow, readRows } from './reads.ts'
import { applyBatch, emptyTables, mismatchIn, sealBatch } from './tables.ts'

export interface MemoryStoreOptions {
  readonly schemas: readonly CollectionSchema[]
  readonly generation: string
}

export const openMemoryStore = ({ schemas, generation }: MemoryStoreOptions): Store => {
  const declared = declare(schemas)
  const tables = emptyTables(declared)
  let isClosed = false

  const open = () => {
    if (isClosed) throw new StoreFailure(CLOSED)
    return tables
  }
  const commit = async (batch: Batch): Promise<Result<{ readonly group: number }, StoreError>> => {
    if (isClosed) return err(CLOSED)
    assertBatch(declared, batch)
    const mismatch = mismatchIn(tables, batch)
    return mismatch === undefined ? ok({ group: applyBatch(tables, sealBatch(tables, batch)) }) : err(mismatch)
  }
  return {
    generation,
    commit,
    document: async (id) => readDocument(open(), id),
    get: async (collection, key) => readRow(open(), declared, collection, key),
    list: async (collection, query) => readRows(open(), declared, collection, query),
    feed: async (home, after, limit) => readFeed(open(), home, after, limit),
    feedEnd: async (home) => readFeedEnd(open(), home),
    close: async () => {
      isClosed = true
    },
  }
}

const CLOSED: StoreError = { code: 'closed', message: 'the store is closed' }
