/**
 * Definitions as the store keeps them: a row each, by content hash, and one row that moves whenever one is added, or a domain rule. By that
 * row processes that share a store see at a glance whether they know all, and of two that publish at the same time one looks again.
 */
import type { Definition } from '../definition/definition.ts'
import type { Belief, Put, Store } from '../ports/store.ts'
import { canonicalJson, isJsonObject, type Json } from '../values/json.ts'
import { type Catalogue, DEFINITIONS } from './catalogue.ts'
import { rowsOf, unlessDamaged } from './rows.ts'

const PUBLISHED = { collection: 'node', key: 'published' } as const

export const readPublished = (store: Store): Promise<Json | undefined> => unlessDamaged(store.get(PUBLISHED.collection, PUBLISHED.key))

/** What a commit that adds definitions writes beside them, and what it rests on where others may add some. */
export const publishing = (before: Json | undefined): { readonly put: Put; readonly belief: Belief } => {
  const times = isJsonObject(before) && typeof before.times === 'number' ? before.times : 0
  return { put: { ...PUBLISHED, value: { times: times + 1 } }, belief: { ...PUBLISHED, value: before } }
}

/** Takes in what other processes have added. @returns whether anything was published since it last looked */
export const refreshCatalogue = async (catalogue: Catalogue, store: Store): Promise<boolean> => {
  const published = await readPublished(store)
  if (canonicalJson(published ?? null) === canonicalJson(catalogue.published ?? null)) return false
  for await (const { key, value } of rowsOf(store, DEFINITIONS)) {
    if (catalogue.byHash(key) === undefined && isDefinition(value)) catalogue.addPlain(value)
  }
  catalogue.published = published
  return true
}

/** Written by a node itself and covered by the row's hash, so its outline is enough to know it by. */
export const isDefinition = (row: Json): row is Json & Definition => isJsonObject(row) && 'steps' in row && 'links' in row && 'name' in row
