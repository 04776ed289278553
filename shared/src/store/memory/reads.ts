/** What a store answers from its tables. Bytes leave as copies; rows are frozen and leave as they are. */
import type { FeedEntry, Query, Row, StoredDocument } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import { assertCollection, assertLimit, assertQuery, type Declared } from '../declared.ts'
import { pageLength } from '../whole-groups.ts'
import type { Tables } from './tables.ts'

export const readDocument = (tables: Tables, id: string): StoredDocument | undefined => {
  const document = tables.documents.get(id)
  if (document === undefined) return undefined
  const updates = document.entries.map((entry) => entry.update.slice())
  return { home: document.home, version: updates.length, updates }
}

export const readRow = (tables: Tables, declared: Declared, collection: string, key: string): Json | undefined => {
  assertCollection(declared, collection)
  return tables.collections.get(collection)?.get(key)
}

export const readRows = (tables: Tables, declared: Declared, collection: string, query: Query): readonly Row[] => {
  assertQuery(declared, collection, query)
  return tables.collections.get(collection)?.select(query) ?? []
}

export const readFeed = (tables: Tables, home: string, after: number, limit: number): readonly FeedEntry[] => {
  assertLimit(limit)
  const unread = (tables.feeds.get(home) ?? []).slice(after)
  return unread.slice(0, pageLength(unread, limit, true)).map((entry) => ({ ...entry, update: entry.update.slice() }))
}

export const readFeedEnd = (tables: Tables, home: string): number => tables.feeds.get(home)?.length ?? 0
