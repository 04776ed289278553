/**
 * Writes one batch inside a transaction that the caller has begun.
 *
 *   lock homes ─▶ lock documents ─▶ expected versions, believed rows ─▶ commit's number ─▶ updates, rows ─▶ ends of feeds
 *
 * Homes, documents and rows are locked in the order of their names, so two commits hardly ever wait for each other in a circle; where they
 * do, the server ends one of them, and it is done again. The number is drawn under the locks: within a home it grows in the order of the
 * feed. Archiving is left to the server, which compresses what is large by itself (S8).
 */
import type { Append, Batch, Belief, Put, StoreError } from '../../ports/store.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { assertHome, type Declared, rowMismatch, versionMismatch } from '../declared.ts'
import { compareKeys } from '../key-order.ts'
import { sealOfDocument, sealOfRow, sealOfUpdate } from '../sqlite/seal.ts'
import type { Sql, SqlValue } from './database.ts'
import { readRow, readStored } from './reads.ts'
import { indexColumn, rowsTable } from './tables.ts'
import { indexTextOf, keyBytes, numberOf, textOf } from './values.ts'

interface Head {
  readonly home: string
  version: number
}

export type Written = Result<{ readonly group: number }, StoreError>

/** By what the outcome of a transaction can be asked for later. */
export interface Mark {
  /** Written by the transaction itself, and by no other. */
  readonly token: string
  /** Tokens of earlier commits, which nobody will ask for any more. */
  readonly heard: readonly string[]
}

/** @param onTransaction told the transaction's id and the commit's number before anything is written */
export const writeBatch = async (
  sql: Sql,
  declared: Declared,
  batch: Batch,
  { token, heard }: Mark,
  onTransaction: (id: string, group: number) => void,
): Promise<Written> => {
  const ends = await lockHomes(sql, new Set(batch.appends.map(({ home }) => home)))
  const heads = await lockDocuments(sql, new Set([...batch.expected.keys(), ...batch.appends.map(({ document }) => document)]))
  const mismatch = versionMismatch(batch.expected, (document) => heads.get(document)?.version ?? 0)
  if (mismatch !== undefined) return err(mismatch)
  const moved = await rowThatMoved(sql, batch.believed ?? [])
  if (moved !== undefined) return err(moved)
  assertHomes(batch.appends, heads)
  const [drawn = {}] = await sql.rows(
    `WITH told AS (INSERT INTO outcomes VALUES ($1)), forgotten AS (DELETE FROM outcomes WHERE token = ANY($2::text[]))
     SELECT nextval('commits') AS number, pg_current_xact_id()::text AS transaction`,
    [token, heard],
  )
  const group = numberOf(drawn, 'number')
  onTransaction(textOf(drawn, 'transaction'), group)
  await writeAppends(sql, group, batch.appends, ends, heads)
  for (const [collection, puts] of Map.groupBy(batch.puts, (put) => put.collection)) {
    await writePuts(sql, collection, [...(declared.get(collection) ?? [])], puts)
  }
  for (const [collection, removals] of Map.groupBy(batch.removals, (removal) => removal.collection)) {
    await sql.rows(`DELETE FROM ${rowsTable(collection)} WHERE key = ANY($1::bytea[])`, [removals.map(({ key }) => keyBytes(key))])
  }
  for (const document of batch.erase ?? []) await eraseDocument(sql, document)
  return ok({ group })
}

/** Homes → the ends of their feeds. */
const lockHomes = async (sql: Sql, homes: ReadonlySet<string>): Promise<Map<string, number>> => {
  if (homes.size === 0) return new Map()
  const names = [...homes].sort()
  await sql.rows('INSERT INTO homes SELECT home, 0 FROM unnest($1::text[]) AS new (home) ORDER BY home ON CONFLICT DO NOTHING', [names])
  const rows = await sql.rows('SELECT home, feed_end FROM homes WHERE home = ANY($1::text[]) ORDER BY home FOR UPDATE', [names])
  return new Map(rows.map((row) => [textOf(row, 'home'), numberOf(row, 'feed_end')]))
}

const lockDocuments = async (sql: Sql, ids: ReadonlySet<string>): Promise<Map<string, Head>> => {
  if (ids.size === 0) return new Map()
  const rows = await sql.rows('SELECT id, home, version FROM documents WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE', [[...ids]])
  return new Map(rows.map((row) => [textOf(row, 'id'), { home: textOf(row, 'home'), version: numberOf(row, 'version') }]))
}

/** A row that is not there can't be locked, so what is locked is its name. */
const rowThatMoved = async (sql: Sql, believed: readonly Belief[]): Promise<StoreError | undefined> => {
  const names = believed.map(({ collection, key }) => `${collection}/${JSON.stringify(key)}`).sort()
  for (const name of names) await sql.rows('SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || $1, 0))', [name])
  for (const belief of believed) {
    const moved = rowMismatch(belief, (await readRow(sql, belief.collection, belief.key))?.value)
    if (moved !== undefined) return moved
  }
  return undefined
}

/** Before a number is drawn: what is refused leaves no gap. */
const assertHomes = (appends: readonly Append[], heads: ReadonlyMap<string, Head>): void => {
  const homes = new Map<string, string>()
  for (const { document, home } of appends) {
    const belongsTo = heads.get(document)?.home ?? homes.get(document) ?? home
    assertHome(document, belongsTo, home)
    homes.set(document, home)
  }
}

const writeAppends = async (
  sql: Sql,
  group: number,
  appends: readonly Append[],
  ends: Map<string, number>,
  heads: Map<string, Head>,
): Promise<void> => {
  if (appends.length === 0) return
  const columns: SqlValue[][] = [[], [], [], [], [], [], []]
  for (const { document, home, origin, update } of appends) {
    const head = heads.get(document) ?? { home, version: 0 }
    head.version += 1
    heads.set(document, head)
    const sequence = (ends.get(home) ?? 0) + 1
    ends.set(home, sequence)
    const crc = sealOfUpdate({ home, sequence, group, document, version: head.version, origin }, update)
    for (const [index, value] of [home, sequence, document, head.version, origin, update, crc].entries()) columns[index]?.push(value)
  }
  await sql.rows(
    `INSERT INTO updates (home, sequence, document, version, origin, bytes, crc, commit_number)
     SELECT *, $8::bigint FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::bytea[], $7::bigint[])`,
    [...columns, group],
  )
  await writeHeads(sql, new Set(appends.map(({ document }) => document)), heads)
  await sql.rows(
    'UPDATE homes SET feed_end = moved.feed_end FROM unnest($1::text[], $2::bigint[]) AS moved (home, feed_end) WHERE homes.home = moved.home',
    [[...ends.keys()], [...ends.values()]],
  )
}

const writeHeads = async (sql: Sql, documents: ReadonlySet<string>, heads: ReadonlyMap<string, Head>): Promise<void> => {
  const columns: [string[], string[], number[], number[]] = [[], [], [], []]
  for (const id of documents) {
    const { home, version } = heads.get(id) ?? { home: '', version: 0 }
    columns[0].push(id)
    columns[1].push(home)
    columns[2].push(version)
    columns[3].push(sealOfDocument(version, id, home))
  }
  await sql.rows(
    `INSERT INTO documents (id, home, version, crc) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, crc = excluded.crc`,
    columns,
  )
}

/** Leaves the document's places in the feed, and nothing in them (S9). */
const eraseDocument = async (sql: Sql, document: string): Promise<void> => {
  const stored = await readStored(sql, document)
  const versions = stored.map(({ version }) => version)
  const seals = stored.map((place) => sealOfUpdate(place, new Uint8Array(0)))
  await sql.rows(
    `UPDATE updates SET bytes = '', crc = erased.crc FROM unnest($2::bigint[], $3::bigint[]) AS erased (version, crc)
     WHERE document = $1 AND updates.version = erased.version`,
    [document, versions, seals],
  )
}

/** The last put of a key stands. */
const writePuts = async (sql: Sql, collection: string, fields: readonly string[], puts: readonly Put[]): Promise<void> => {
  const last = [...new Map(puts.map((put) => [put.key, put])).values()]
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ key, value }) => ({ key, value, text: JSON.stringify(value) }))
  const columns: SqlValue[][] = [
    last.map(({ key }) => keyBytes(key)),
    last.map(({ text }) => text),
    last.map(({ key, text }) => sealOfRow(collection, key, text)),
    ...fields.map((field) => last.map(({ value }) => indexTextOf(value, field))),
  ]
  const names = ['key', 'value', 'crc', ...fields.map(indexColumn)]
  const types = ['bytea', 'text', 'bigint', ...fields.map(() => 'text')]
  const given = types.map((type, index) => `$${index + 1}::${type}[]`)
  await sql.rows(
    `INSERT INTO ${rowsTable(collection)} (${names.join(', ')}) SELECT * FROM unnest(${given.join(', ')})
     ON CONFLICT (key) DO UPDATE SET ${names
       .slice(1)
       .map((name) => `${name} = excluded.${name}`)
       .join(', ')}`,
    columns,
  )
}
