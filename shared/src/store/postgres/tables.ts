/**
 * Tables, all in one schema (`holdfast` unless told otherwise):
 *
 *   meta          one row: the generation, the number of migrations applied
 *   commits       a sequence: every commit's number
 *   homes         the end of each home's feed; its row is the lock that puts a home's commits in order
 *   documents     whose each is, and how many updates it has
 *   updates       the updates of every document, and at the same time the feed of every home
 *   outcomes      tokens of commits whose answer may not have been heard: there if and only if the commit went through
 *   rows_⟨name⟩   a declared collection: JSON text by key, and a column with an index for each declared field
 *
 * Keys are bytes, since text here can't hold NUL and would be compared by a locale; values are text and not `jsonb`, which refuses some
 * JSON (`\u0000`) and changes other (numbers, order of members).
 */
import type { Random } from '../../ports/random.ts'
import type { Declared } from '../declared.ts'
import type { PostgresDatabase, Sql } from './database.ts'
import { bytesOf, indexTextOf, numberOf, textOf } from './values.ts'

const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE SEQUENCE commits',
    'CREATE TABLE homes (home text COLLATE "C" PRIMARY KEY, feed_end bigint NOT NULL)',
    'CREATE TABLE documents (id text COLLATE "C" PRIMARY KEY, home text COLLATE "C" NOT NULL, version bigint NOT NULL, crc bigint NOT NULL)',
    `CREATE TABLE updates (
       home text COLLATE "C" NOT NULL, sequence bigint NOT NULL, commit_number bigint NOT NULL, document text COLLATE "C" NOT NULL,
       version bigint NOT NULL, origin text NOT NULL, bytes bytea NOT NULL, crc bigint NOT NULL, PRIMARY KEY (home, sequence))`,
    'CREATE UNIQUE INDEX updates_in_document ON updates (document, version)',
  ],
  ['CREATE TABLE outcomes (token text COLLATE "C" PRIMARY KEY)'],
]

/** Any number that no other program on the server is likely to lock: two nodes that start at once must not both migrate. */
const MIGRATION_LOCK = 4_815_162_342

export const rowsTable = (collection: string): string => `"rows_${collection}"`

export const indexColumn = (field: string): string => `"at_${field}"`

const indexName = (collection: string, field: string): string => `rows_${collection}.${field}`

/** Brings the schema up to date in one transaction. @returns the generation */
export const prepareTables = (database: PostgresDatabase, declared: Declared, random: Random): Promise<string> =>
  database.transaction(async (sql) => {
    await sql.rows('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await sql.rows(`CREATE SCHEMA IF NOT EXISTS ${database.schema}`)
    await sql.rows('CREATE TABLE IF NOT EXISTS meta (generation text NOT NULL, schema_version integer NOT NULL)')
    const known = (await sql.rows('SELECT generation, schema_version FROM meta'))[0] ?? (await createMeta(sql, random))
    await migrate(sql, numberOf(known, 'schema_version'))
    for (const [collection, indices] of declared) await fitCollection(sql, collection, indices)
    return textOf(known, 'generation')
  })

const createMeta = async (sql: Sql, random: Random) => {
  const generation = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('')
  await sql.rows('INSERT INTO meta VALUES ($1, 0)', [generation])
  return { generation, schema_version: 0 }
}

const migrate = async (sql: Sql, applied: number): Promise<void> => {
  if (applied > MIGRATIONS.length) {
    throw new Error(`store: the database has schema ${applied}, newer than this program's ${MIGRATIONS.length}`)
  }
  for (const statement of MIGRATIONS.slice(applied).flat()) await sql.rows(statement)
  if (applied < MIGRATIONS.length) await sql.rows('UPDATE meta SET schema_version = $1', [MIGRATIONS.length])
}

/** A field declared later is filled from the rows there are, by the adapter's own reading of them. */
const fitCollection = async (sql: Sql, collection: string, indices: ReadonlySet<string>): Promise<void> => {
  const table = rowsTable(collection)
  await sql.rows(`CREATE TABLE IF NOT EXISTS ${table} (key bytea PRIMARY KEY, value text NOT NULL, crc bigint NOT NULL)`)
  const found = await sql.rows(
    'SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
    [`rows_${collection}`],
  )
  const present = new Set(found.map((row) => textOf(row, 'column_name')))
  for (const field of indices) {
    if (present.has(`at_${field}`)) continue
    await sql.rows(`ALTER TABLE ${table} ADD COLUMN ${indexColumn(field)} text`)
    await fillColumn(sql, table, field)
    await sql.rows(`CREATE INDEX "${indexName(collection, field)}" ON ${table} (${indexColumn(field)}, key)`)
  }
}

const fillColumn = async (sql: Sql, table: string, field: string): Promise<void> => {
  for (const row of await sql.rows(`SELECT key, value FROM ${table}`)) {
    const indexed = indexTextOf(JSON.parse(textOf(row, 'value')), field)
    if (indexed !== null) await sql.rows(`UPDATE ${table} SET ${indexColumn(field)} = $1 WHERE key = $2`, [indexed, bytesOf(row, 'key')])
  }
}
