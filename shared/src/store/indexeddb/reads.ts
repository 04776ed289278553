/**
 * What a store answers from its database. Everything is checked against its seal before it leaves (S5), and runs of numbers against gaps:
 * a row that is missing is damage just as one that is changed.
 */
import { Dexie } from 'dexie'
import type { FeedEntry, Query, Row, StoredDocument } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import type { UpdatePlace } from '../seal.ts'
import { pageLength } from '../whole-groups.ts'
import { assertSeal, corrupt, sealOfDocument, sealOfUpdate } from './seal.ts'
import { bytes, type Fields, integer, LAST, type Session, text } from './session.ts'
import { keyBytes, rowOf } from './tables.ts'

interface StoredUpdate extends UpdatePlace {
  readonly update: Uint8Array
}

/** IndexedDB counts in 32 bits, and takes 0 for "all". */
const MAX_COUNT = 2 ** 32 - 1

export const readHome = async (session: Session, id: string): Promise<string | undefined> => {
  const row = await session.documents.get(id)
  if (row === undefined) return undefined
  const home = text(row, 'home')
  assertSeal(integer(row, 'crc'), sealOfDocument(id, home), () => `document ${id}`)
  return home
}

export const readDocument = async (session: Session, id: string): Promise<StoredDocument | undefined> => {
  const home = await readHome(session, id)
  if (home === undefined) return undefined
  const stored = (await ofDocument(session, id).toArray()).map(updateOf)
  stored.forEach(({ version }, index) => {
    if (version !== index + 1) throw corrupt(`document ${id}`, `update ${index + 1} is missing`)
  })
  return { home, version: stored.length, updates: stored.map(({ update }) => update) }
}

export const lastVersion = async (session: Session, id: string): Promise<number> => {
  const row = await ofDocument(session, id).last()
  return row === undefined ? 0 : updateOf(row).version
}

export const lastSequence = async (session: Session, home: string): Promise<number> => {
  const row = await inFeed(session, home, 0).last()
  return row === undefined ? 0 : updateOf(row).sequence
}

export const readFeed = async (session: Session, home: string, after: number, limit: number): Promise<readonly FeedEntry[]> => {
  for (let take = limit + 1; ; take *= 2) {
    const entries = await readEntries(session, home, after, take)
    const length = pageLength(entries, limit, entries.length < take)
    if (length !== undefined) return entries.slice(0, length)
  }
}

export const readRow = async (session: Session, collection: string, key: string): Promise<Json | undefined> => {
  const row = await session.rows.get([collection, keyBytes(key)])
  return row === undefined ? undefined : rowOf(row).value
}

export const readRows = async (session: Session, collection: string, { where, afterKey, limit }: Query): Promise<readonly Row[]> => {
  if (limit < 1) return []
  const index = where === undefined ? '[collection+key]' : 'terms'
  const prefix = where === undefined ? [collection] : [collection, where.index, JSON.stringify(where.equals)]
  const after = [...prefix, afterKey === undefined ? Dexie.minKey : keyBytes(afterKey)]
  const range = session.rows.where(index).between(after, [...prefix, LAST], false, true)
  return (await range.limit(Math.min(limit, MAX_COUNT)).toArray()).map(rowOf)
}

export const ofDocument = (session: Session, id: string) => session.updates.where('[document+version]').between([id], [id, LAST])

const inFeed = (session: Session, home: string, after: number) =>
  session.updates.where('[home+sequence]').between([home, after], [home, LAST], false)

const readEntries = async (session: Session, home: string, after: number, take: number): Promise<readonly FeedEntry[]> => {
  const rows = await inFeed(session, home, after).limit(Math.min(take, MAX_COUNT)).toArray()
  return rows.map((row, index) => {
    const { sequence, group, document, origin, update } = updateOf(row)
    if (sequence !== after + index + 1) throw corrupt(`update ${home}/${after + index + 1}`, 'it is missing from the feed')
    return { sequence, group, document, origin, update }
  })
}

export const updateOf = (row: Fields): StoredUpdate => {
  const place: UpdatePlace = {
    home: text(row, 'home'),
    sequence: integer(row, 'sequence'),
    group: integer(row, 'group'),
    document: text(row, 'document'),
    version: integer(row, 'version'),
    origin: text(row, 'origin'),
  }
  const update = bytes(row, 'update')
  const where = () => `update ${place.home}/${place.sequence} of ${place.document}`
  assertSeal(integer(row, 'crc'), sealOfUpdate(place, update), where)
  return { ...place, update }
}
