/**
 * What lies in the database.
 *
 *   meta         one row: generation, schema version, number of commits
 *   collections  the indices that each declared collection has now
 *   documents    written once, at a document's first update: its id and home
 *   updates      every update of every document, and at the same time the feed of every home:
 *                  (home, sequence) places it in the feed, (document, version) in its document; both run from 1 without a gap
 *   rows         all collections: JSON text by collection and key. A key is kept as its UTF-8 bytes, because IndexedDB orders text by its
 *                  UTF-16 units. `terms` holds an entry for each indexed field that the value has: collection, field, the field's JSON
 *                  text (which tells true from 1 and from "true"), key.
 *
 * So collections and their indices come and go without a change of the database's own version, which no other tab may have open.
 * Migrations are steps of that version and only ever added to. A collection no longer declared is left as it is.
 */
import type { Random } from '../../ports/random.ts'
import { StoreFailure } from '../../ports/store.ts'
import { isJsonObject, type Json } from '../../values/json.ts'
import type { Declared } from '../declared.ts'
import { assertSeal, corrupt, sealOfMeta, sealOfRow } from './seal.ts'
import { bytes, type Fields, integer, LAST, type Session, text } from './session.ts'

export const SCHEMA_VERSION = 1

export const TABLES = {
  meta: 'id',
  collections: 'name',
  documents: 'id',
  updates: '[home+sequence], &[document+version]',
  rows: '[collection+key], *terms',
} as const

export interface Meta {
  readonly generation: string
  readonly commits: number
}

const META = 'store'
const utf8 = new TextEncoder()
/** A key may begin with a byte order mark, which is part of it. */
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export const keyBytes = (key: string): Uint8Array => utf8.encode(key)

/** Brings the database up to date, in one transaction; makes the generation of one that is new, which none is that has lived before. */
export const prepareTables = (session: Session, declared: Declared, random: Random, lives: readonly string[]): Promise<Meta> =>
  session.transaction(async () => {
    const found = await readMeta(session)
    if (found === undefined && lives.length > 0) throw corrupt(session.name, `the browser has thrown its data away: ${lives.join(', ')}`)
    const meta = found ?? (await createMeta(session, random))
    for (const [collection, indices] of declared) await fitCollection(session, collection, indices)
    return meta
  })

/** `undefined` only where there is nothing at all. */
export const readMeta = async (session: Session): Promise<Meta | undefined> => {
  const row = await session.meta.get(META)
  if (row === undefined) {
    if ((await session.updates.count()) + (await session.rows.count()) > 0) throw corrupt('meta', 'the row is missing')
    return undefined
  }
  const schema = integer(row, 'schemaVersion')
  const meta = { generation: text(row, 'generation'), commits: integer(row, 'commits') }
  assertSeal(integer(row, 'crc'), sealOfMeta(meta.generation, schema, meta.commits), () => 'meta')
  if (schema > SCHEMA_VERSION) throw new Error(`store: ${session.name} has schema ${schema}, newer than this program's ${SCHEMA_VERSION}`)
  return meta
}

export const metaRow = ({ generation, commits }: Meta): Fields => ({
  id: META,
  generation,
  schemaVersion: SCHEMA_VERSION,
  commits,
  crc: sealOfMeta(generation, SCHEMA_VERSION, commits),
})

export const storedRow = (indices: ReadonlySet<string>, collection: string, key: string, value: Json): Fields => {
  const valueText = JSON.stringify(value)
  return {
    collection,
    key: keyBytes(key),
    value: valueText,
    crc: sealOfRow(collection, key, valueText),
    terms: [...indices].flatMap((field) => {
      const member = isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : null
      return isIndexed(member) ? [[collection, field, JSON.stringify(member), keyBytes(key)]] : []
    }),
  }
}

export const rowOf = (row: Fields): { readonly key: string; readonly value: Json } => {
  const [collection, key, valueText] = [text(row, 'collection'), fromUtf8.decode(bytes(row, 'key')), text(row, 'value')]
  assertSeal(integer(row, 'crc'), sealOfRow(collection, key, valueText), () => `row ${collection}/${key}`)
  return { key, value: JSON.parse(valueText) }
}

const isIndexed = (value: Json | undefined): boolean => ['string', 'number', 'boolean'].includes(typeof value)

const createMeta = async (session: Session, random: Random): Promise<Meta> => {
  const generation = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('')
  await session.meta.add(metaRow({ generation, commits: 0 }))
  return { generation, commits: 0 }
}

const fitCollection = async (session: Session, name: string, indices: ReadonlySet<string>): Promise<void> => {
  const wanted = [...indices].sort().join(' ')
  const found = await session.collections.get(name)
  if (found !== undefined && text(found, 'indices') === wanted) return
  await session.collections.put({ name, indices: wanted })
  const range = session.rows.where('[collection+key]').between([name], [name, LAST])
  await range.modify((row: Fields, place: { value: Fields }) => {
    place.value = indexedAgain(indices, name, row)
  })
}

/** A damaged row stays as it is: whoever reads it is told, and the rest is not kept from its index. */
const indexedAgain = (indices: ReadonlySet<string>, collection: string, row: Fields): Fields => {
  try {
    const { key, value } = rowOf(row)
    return storedRow(indices, collection, key, value)
  } catch (error) {
    if (error instanceof StoreFailure) return row
    throw error
  }
}
