/**
 * What a store was told it holds: collections and their indices, and the checks that every adapter makes before it touches anything.
 * A breach is a programmer's error and throws; the commit or read it came with changes nothing.
 *
 * Names become table names in some adapters, where case does not count: two that differ only by case are refused everywhere.
 * Keys must be well-formed text: a lone surrogate has no UTF-8 bytes, so two such keys would become one.
 */
import type { Batch, Belief, CollectionSchema, Query, StoreError } from '../ports/store.ts'
import { canonicalJson, type Json } from '../values/json.ts'

const COLLECTION = /^[a-z][a-z0-9_-]*$/i
const FIELD = /^[a-z_][a-z0-9_]*$/i

export type Declared = ReadonlyMap<string, ReadonlySet<string>>

export const declare = (schemas: readonly CollectionSchema[]): Declared => {
  assertNames(
    schemas.map((schema) => schema.name),
    COLLECTION,
  )
  for (const schema of schemas) assertNames(schema.indices, FIELD)
  return new Map(schemas.map((schema) => [schema.name, new Set(schema.indices)]))
}

export const assertCollection = (declared: Declared, collection: string): ReadonlySet<string> => {
  const indices = declared.get(collection)
  if (indices === undefined) throw new TypeError(`store: collection ${collection} is not declared`)
  return indices
}

/** A key both put and removed has no right answer: adapters would have to agree on an order that nobody wrote down. */
export const assertBatch = (declared: Declared, batch: Batch): void => {
  assertRetired(batch)
  for (const { collection, key } of batch.believed ?? []) assertKey(declared, collection, key)
  for (const put of batch.puts) assertKey(declared, put.collection, put.key)
  if (batch.removals.length === 0) return
  const removed = new Set<string>()
  for (const removal of batch.removals) {
    assertKey(declared, removal.collection, removal.key)
    removed.add(`${removal.collection}\0${removal.key}`)
  }
  const both = batch.puts.find((put) => removed.has(`${put.collection}\0${put.key}`))
  if (both !== undefined) throw new TypeError(`store: ${both.collection}/${both.key} is both put and removed in one batch`)
}

/** What is written and put away at once has no right answer either. */
const assertRetired = ({ appends, archive = [], erase = [] }: Batch): void => {
  const retired = new Set([...archive, ...erase])
  const both = retired.size === 0 ? undefined : appends.find(({ document }) => retired.has(document))
  if (both !== undefined) throw new TypeError(`store: ${both.document} is both appended to and put away in one batch`)
}

export const assertQuery = (declared: Declared, collection: string, query: Query): void => {
  const indices = assertCollection(declared, collection)
  assertLimit(query.limit)
  const { where } = query
  if (where === undefined) return
  if (!indices.has(where.index)) throw new TypeError(`store: ${collection} has no index ${where.index}`)
  if (typeof where.equals === 'number' && !Number.isFinite(where.equals)) throw new TypeError(`store: ${where.equals} is not a JSON number`)
}

/** Infinity is a fair limit; a negative one would mean "all" to one adapter and "none" to another. */
export const assertLimit = (limit: number): void => {
  if (!(limit >= 0)) throw new TypeError(`store: ${limit} is not a limit`)
}

/** A document belongs to one home for ever: its updates stand in that home's feed. */
export const assertHome = (document: string, belongsTo: string, home: string): void => {
  if (belongsTo !== home) throw new TypeError(`store: ${document} belongs to ${belongsTo}, not to ${home}`)
}

/** S2. @param versionOf the number of updates a document has, 0 for one that is not there */
export const versionMismatch = (expected: Batch['expected'], versionOf: (document: string) => number): StoreError | undefined => {
  for (const [document, version] of expected) {
    const found = versionOf(document)
    if (found !== version) return { code: 'version-mismatch', document, expected: version, found }
  }
  return undefined
}

/** S10. @param found the row's value, `undefined` where there is none */
export const rowMismatch = ({ collection, key, value }: Belief, found: Json | undefined): StoreError | undefined =>
  textOf(found) === textOf(value) ? undefined : { code: 'row-mismatch', collection, key }

const textOf = (value: Json | undefined): string | undefined => (value === undefined ? undefined : canonicalJson(value))

/** The first belief that does not hold. */
export const firstRowMismatch = (
  { believed = [] }: Pick<Batch, 'believed'>,
  rowOf: (belief: Belief) => Json | undefined,
): StoreError | undefined => {
  for (const belief of believed) {
    const mismatch = rowMismatch(belief, rowOf(belief))
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

const assertKey = (declared: Declared, collection: string, key: string): void => {
  assertCollection(declared, collection)
  if (!key.isWellFormed()) throw new TypeError(`store: a key of ${collection} is not well-formed text`)
}

const assertNames = (names: readonly string[], pattern: RegExp): void => {
  const seen = new Set<string>()
  for (const name of names) {
    if (!pattern.test(name)) throw new TypeError(`store: ${name} is not a name for a collection or index`)
    if (seen.has(name.toLowerCase())) throw new TypeError(`store: ${name} is declared twice`)
    seen.add(name.toLowerCase())
  }
}
