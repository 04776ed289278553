/**
 * What the store answers from its tables. Everything is checked against its seal before it leaves (S5), and runs of numbers against gaps:
 * a row that is missing is damage just as one that is changed.
 */
import type { FeedEntry, Query, Row, StoredDocument } from '../../ports/store.ts'
import { assertSeal, corrupt, sealOfDocument, sealOfRow, sealOfUpdate, type UpdatePlace } from '../sqlite/seal.ts'
import { pageLength } from '../whole-groups.ts'
import type { Sql, SqlRow } from './database.ts'
import { indexColumn, rowsTable } from './tables.ts'
import { bytesOf, indexText, keyBytes, keyText, numberOf, textOf } from './values.ts'

type StoredUpdate = UpdatePlace & { readonly update: Uint8Array }

/** A document and its updates in one statement, so that both are of one moment. */
export const readDocument = async (sql: Sql, id: string): Promise<StoredDocument | undefined> => {
  const rows = await sql.rows(
    `SELECT d.home AS of, d.version AS count, d.crc AS seal, u.* FROM documents d LEFT JOIN updates u ON u.document = d.id
     WHERE d.id = $1 ORDER BY u.version`,
    [id],
  )
  const [first] = rows
  if (first === undefined) return undefined
  const [home, version] = [textOf(first, 'of'), numberOf(first, 'count')]
  assertSeal(numberOf(first, 'seal'), sealOfDocument(version, id, home), () => `document ${id}`)
  const updates = inOrder(
    id,
    rows.filter((row) => row.document !== null),
  )
  if (updates.length !== version) throw corrupt(`document ${id}`, `${updates.length} of its ${version} updates are there`)
  return { home, version, updates: updates.map(({ update }) => update) }
}

/** A document's updates with their places. */
export const readStored = async (sql: Sql, id: string): Promise<readonly StoredUpdate[]> =>
  inOrder(id, await sql.rows('SELECT * FROM updates WHERE document = $1 ORDER BY version', [id]))

const inOrder = (id: string, rows: readonly SqlRow[]): readonly StoredUpdate[] => {
  const updates = rows.map(updateOf)
  updates.forEach((update, index) => {
    if (update.version !== index + 1) throw corrupt(`document ${id}`, `update ${index + 1} is missing`)
  })
  return updates
}

export const readRow = async (sql: Sql, collection: string, key: string): Promise<Row | undefined> => {
  const [row] = await sql.rows(`SELECT key, value, crc FROM ${rowsTable(collection)} WHERE key = $1`, [keyBytes(key)])
  return row === undefined ? undefined : rowOf(collection, row)
}

export const readRows = async (sql: Sql, collection: string, { where, afterKey, limit }: Query): Promise<readonly Row[]> => {
  const conditions: string[] = []
  const values: (string | number | Uint8Array)[] = []
  const given = (value: string | number | Uint8Array): string => `$${values.push(value)}`
  if (where !== undefined) conditions.push(`${indexColumn(where.index)} = ${given(indexText(where.equals))}`)
  if (afterKey !== undefined) conditions.push(`key > ${given(keyBytes(afterKey))}`)
  const filter = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  const atMost = Number.isFinite(limit) ? `LIMIT ${given(Math.floor(limit))}` : ''
  const rows = await sql.rows(`SELECT key, value, crc FROM ${rowsTable(collection)} ${filter} ORDER BY key ${atMost}`, values)
  return rows.map((row) => rowOf(collection, row))
}

export const readFeed = async (sql: Sql, home: string, after: number, limit: number): Promise<readonly FeedEntry[]> => {
  for (let count = limit + 1; ; count *= 4) {
    const entries = await readUpdates(sql, home, after, count)
    const isComplete = entries.length < count
    const length = pageLength(entries, limit, isComplete)
    if (length !== undefined) return entries.slice(0, length)
  }
}

const readUpdates = async (sql: Sql, home: string, after: number, count: number): Promise<readonly FeedEntry[]> => {
  const atMost = Number.isFinite(count) ? `LIMIT ${Math.floor(count)}` : ''
  const rows = await sql.rows(`SELECT * FROM updates WHERE home = $1 AND sequence > $2 ORDER BY sequence ${atMost}`, [home, after])
  return rows.map((row, index) => {
    const { sequence, group, document, origin, update } = updateOf(row)
    if (sequence !== after + index + 1) throw corrupt(`feed of ${home}`, `entry ${after + index + 1} is missing`)
    return { sequence, group, document, origin, update }
  })
}

export const readFeedEnd = async (sql: Sql, home: string): Promise<number> => {
  const [row] = await sql.rows('SELECT feed_end FROM homes WHERE home = $1', [home])
  return row === undefined ? 0 : numberOf(row, 'feed_end')
}

const updateOf = (row: SqlRow): StoredUpdate => {
  const place = {
    home: textOf(row, 'home'),
    sequence: numberOf(row, 'sequence'),
    group: numberOf(row, 'commit_number'),
    document: textOf(row, 'document'),
    version: numberOf(row, 'version'),
    origin: textOf(row, 'origin'),
  }
  const update = bytesOf(row, 'bytes')
  assertSeal(numberOf(row, 'crc'), sealOfUpdate(place, update), () => `update ${place.version} of ${place.document}`)
  return { ...place, update }
}

const rowOf = (collection: string, row: SqlRow): Row => {
  const key = keyText(bytesOf(row, 'key'))
  const value = textOf(row, 'value')
  assertSeal(numberOf(row, 'crc'), sealOfRow(collection, key, value), () => `row ${collection}/${key}`)
  return { key, value: JSON.parse(value) }
}
