/**
 * What a store answers from its file. Everything is checked against its seal before it leaves (S5), and runs of numbers against gaps: a
 * row that is missing is damage just as one that is changed.
 */
import type { FeedEntry, Query, Row, StoredDocument } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'
import { pageLength } from '../whole-groups.ts'
import { Archives } from './archive.ts'
import type { SqlRow } from './database.ts'
import { assertSeal, corrupt, sealOfDocument, sealOfRow, sealOfUpdate, type UpdatePlace } from './seal.ts'
import { bytes, integer, type Session, text } from './session.ts'
import { indexExpression, rowsTable } from './tables.ts'

export interface Identity {
  readonly number: number
  readonly home: string
}

export interface StoredUpdate extends UpdatePlace {
  readonly update: Uint8Array
}

export const UPDATES = `SELECT u.position, u.document AS number, u.home, u.sequence, u.commit_number, u.version, u.origin, u.bytes, u.crc, d.id AS document
  FROM updates u LEFT JOIN documents d ON d.number = u.document`

export const readIdentity = (session: Session, id: string): Identity | undefined => {
  const row = session.sql('SELECT number, home, crc FROM documents WHERE id = ?').get(id)
  if (row === undefined) return undefined
  const identity = { number: integer(row, 'number'), home: text(row, 'home') }
  assertSeal(integer(row, 'crc'), sealOfDocument(identity.number, id, identity.home), () => `document ${id}`)
  return identity
}

export const readDocument = (session: Session, id: string): StoredDocument | undefined => {
  const identity = readIdentity(session, id)
  if (identity === undefined) return undefined
  const stored = readUpdates(session, id, identity)
  return { home: identity.home, version: stored.length, updates: stored.map(({ update }) => update) }
}

export const readUpdates = (session: Session, id: string, { number }: Identity): readonly StoredUpdate[] => {
  const archives = new Archives(session)
  const rows = session.sql(`${UPDATES} WHERE u.document = ? ORDER BY u.version`).all(number)
  return rows.map((row, index) => {
    const update = updateOf(row, archives)
    if (update.version !== index + 1) throw corrupt(`document ${id}`, `update ${index + 1} is missing`)
    return update
  })
}

export const lastVersion = (session: Session, { number }: Identity): number => {
  const row = session.sql(`${UPDATES} WHERE u.document = ? ORDER BY u.version DESC LIMIT 1`).get(number)
  return row === undefined ? 0 : updateOf(row, new Archives(session)).version
}

export const lastSequence = (session: Session, home: string): number => {
  const row = session.sql(`${UPDATES} WHERE u.home = ? ORDER BY u.sequence DESC LIMIT 1`).get(home)
  return row === undefined ? 0 : updateOf(row, new Archives(session)).sequence
}

export const readFeed = (session: Session, home: string, after: number, limit: number): readonly FeedEntry[] => {
  for (let take = limit + 1; ; take *= 2) {
    const entries = readEntries(session, home, after, take)
    const length = pageLength(entries, limit, entries.length < take)
    if (length !== undefined) return entries.slice(0, length)
  }
}

export const readRow = (session: Session, collection: string, key: string): Json | undefined => {
  const row = session.sql(`SELECT key, value, crc FROM ${rowsTable(collection)} WHERE key = ?`).get(key)
  return row === undefined ? undefined : rowOf(collection, row).value
}

export const readRows = (session: Session, collection: string, { where, afterKey, limit }: Query): readonly Row[] => {
  const conditions: string[] = []
  const values: (string | number)[] = []
  if (where !== undefined) {
    conditions.push(`${indexExpression(where.index)} = ?`)
    values.push(JSON.stringify(where.equals))
  }
  if (afterKey !== undefined) {
    conditions.push('key > ?')
    values.push(afterKey)
  }
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const statement = session.sql(`SELECT key, value, crc FROM ${rowsTable(collection)} ${filter} ORDER BY key LIMIT ?`)
  return statement.all(...values, sqlLimit(limit)).map((row) => rowOf(collection, row))
}

const readEntries = (session: Session, home: string, after: number, take: number): FeedEntry[] => {
  const rows = session.sql(`${UPDATES} WHERE u.home = ? AND u.sequence > ? ORDER BY u.sequence LIMIT ?`).all(home, after, sqlLimit(take))
  const archives = new Archives(session)
  return rows.map((row, index) => {
    const { sequence, group, document, origin, update } = updateOf(row, archives)
    if (sequence !== after + index + 1) throw corrupt(`update ${home}/${after + index + 1}`, 'it is missing from the feed')
    return { sequence, group, document, origin, update }
  })
}

export const updateOf = (row: SqlRow, archives: Archives): StoredUpdate => {
  const home = text(row, 'home')
  const sequence = integer(row, 'sequence')
  if (row.document === null) throw corrupt(`update ${home}/${sequence}`, 'its document is not known')
  const own = bytes(row, 'bytes')
  const place: UpdatePlace = {
    home,
    sequence,
    group: integer(row, 'commit_number'),
    document: text(row, 'document'),
    version: integer(row, 'version'),
    origin: text(row, 'origin'),
  }
  const crc = integer(row, 'crc')
  const isArchived = own.length === 0 && crc !== sealOfUpdate(place, own)
  const update = isArchived ? archives.bytesOf(integer(row, 'number'), place) : own
  assertSeal(crc, sealOfUpdate(place, update), () => `update ${home}/${sequence} of ${place.document}`)
  return { ...place, update }
}

export const rowOf = (collection: string, row: SqlRow): Row => {
  const key = text(row, 'key')
  const value = text(row, 'value')
  assertSeal(integer(row, 'crc'), sealOfRow(collection, key, value), () => `row ${collection}/${key}`)
  return { key, value: JSON.parse(value) }
}

/** SQLite knows no infinite limit. */
const sqlLimit = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER)
