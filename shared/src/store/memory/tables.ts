/**
 * A store's content as plain structures, shared by the memory adapter and the simulator's faulty store.
 *
 * Values are kept as frozen JSON and bytes as private copies, so neither the caller's later changes nor a reader's can reach in; a frozen
 * row may stand in several images at once. Doesn't know about promises, faults or durability; those live in its users.
 */
import type { Batch, FeedEntry, Removal, Row, StoreError } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import { assertHome, type Declared, firstRowMismatch, versionMismatch } from '../declared.ts'
import { SortedRows } from './sorted-rows.ts'

export interface Tables {
  commits: number
  readonly documents: Map<string, { readonly home: string; readonly entries: FeedEntry[] }>
  readonly feeds: Map<string, FeedEntry[]>
  readonly collections: ReadonlyMap<string, SortedRows>
}

/** A batch cut loose from its caller: bytes copied, values passed through JSON and frozen. */
export interface SealedBatch {
  readonly appends: Batch['appends']
  readonly puts: readonly (Row & { readonly collection: string })[]
  readonly removals: readonly Removal[]
  readonly erase: readonly string[]
}

export const emptyTables = (declared: Declared): Tables => ({
  commits: 0,
  documents: new Map(),
  feeds: new Map(),
  collections: new Map([...declared.keys()].map((name) => [name, new SortedRows()])),
})

export const copyTables = (tables: Tables): Tables => ({
  commits: tables.commits,
  documents: new Map([...tables.documents].map(([id, { home, entries }]) => [id, { home, entries: [...entries] }])),
  feeds: new Map([...tables.feeds].map(([home, entries]) => [home, [...entries]])),
  collections: new Map([...tables.collections].map(([name, rows]) => [name, rows.copy()])),
})

/** Throws, having changed nothing, when a document is appended to under another home. */
export const sealBatch = (tables: Tables, batch: Batch): SealedBatch => {
  const homes = new Map<string, string>()
  const appends = batch.appends.map((append) => {
    assertHome(append.document, tables.documents.get(append.document)?.home ?? homes.get(append.document) ?? append.home, append.home)
    homes.set(append.document, append.home)
    return { ...append, update: append.update.slice() }
  })
  const puts = batch.puts.map((put) => ({ ...put, value: frozenJson(put.value) }))
  return { appends, puts, removals: [...batch.removals], erase: [...(batch.erase ?? [])] }
}

/** @returns the commit's number, which is its group in the feed */
export const applyBatch = (tables: Tables, batch: SealedBatch): number => {
  tables.commits += 1
  for (const append of batch.appends) applyAppend(tables, tables.commits, append)
  for (const put of batch.puts) tables.collections.get(put.collection)?.set(put.key, put.value)
  for (const removal of batch.removals) tables.collections.get(removal.collection)?.delete(removal.key)
  for (const document of batch.erase) applyErasure(tables, document)
  return tables.commits
}

/** What the batch rests on and does not hold (S2, S10). */
export const mismatchIn = (tables: Tables, batch: Batch): StoreError | undefined =>
  versionMismatch(batch.expected, (document) => tables.documents.get(document)?.entries.length ?? 0) ??
  firstRowMismatch(batch, ({ collection, key }) => tables.collections.get(collection)?.get(key))

const applyAppend = (tables: Tables, group: number, { document, home, origin, update }: SealedBatch['appends'][number]): void => {
  const feed = tables.feeds.get(home) ?? []
  const entries = tables.documents.get(document)?.entries ?? []
  const entry: FeedEntry = { sequence: feed.length + 1, group, document, origin, update }
  feed.push(entry)
  entries.push(entry)
  tables.feeds.set(home, feed)
  tables.documents.set(document, { home, entries })
}

/**
 * What JSON would keep of a value, copied and frozen. Every commit of the simulator passes here; by text and back it costs four times
 * as much. A member named `__proto__` is a member like any other.
 */
/** An entry stands in its document and in its home's feed, and in images taken before: it is replaced, not changed. */
const applyErasure = (tables: Tables, document: string): void => {
  const { home, entries } = tables.documents.get(document) ?? { home: '', entries: [] }
  const feed = tables.feeds.get(home) ?? []
  const erased = entries.map((entry) => ({ ...entry, update: new Uint8Array(0) }))
  for (const entry of erased) feed[entry.sequence - 1] = entry
  if (erased.length > 0) tables.documents.set(document, { home, entries: erased })
}

const frozenJson = (value: Json): Json => {
  if (typeof value === 'number') return value + 0 // JSON knows no -0
  if (typeof value !== 'object' || value === null) return value
  if (isJsonArray(value)) return Object.freeze(value.map(frozenJson))
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return Object.freeze(Object.fromEntries(members.map(([name, member]) => [name, frozenJson(member)])))
}

const isJsonArray = (value: Json): value is readonly Json[] => Array.isArray(value)
