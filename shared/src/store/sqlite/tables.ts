/**
 * What lies in the file.
 *
 *   meta        one row: generation, schema version, number of commits
 *   documents   written once, at a document's first update: its number, id and home
 *   updates     every update of every document, and at the same time the feed of every home:
 *                 (home, sequence) places it in the feed, (document, version) in its document; both run from 1 without a gap
 *   archives    all updates of a document that was archived, deflated; see archive.ts
 *   rows_⟨name⟩ one declared collection: JSON text by key, with an index over an expression for each declared field
 *
 * Migrations are numbered by their position and only ever added to. Collections belong to whoever declares them: their tables and
 * indices are made to fit at each open, and a table no longer declared is left as it is.
 */
import type { Random } from '../../ports/random.ts'
import type { Declared } from '../declared.ts'
import { assertSeal, corrupt, sealOfMeta } from './seal.ts'
import { integer, type Session, text } from './session.ts'

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE documents (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, home TEXT NOT NULL, crc INTEGER NOT NULL) STRICT;
   CREATE TABLE updates (
     position INTEGER PRIMARY KEY, home TEXT NOT NULL, sequence INTEGER NOT NULL, commit_number INTEGER NOT NULL,
     document INTEGER NOT NULL, version INTEGER NOT NULL, origin TEXT NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT;
   CREATE UNIQUE INDEX updates_in_feed ON updates (home, sequence);
   CREATE UNIQUE INDEX updates_in_document ON updates (document, version);`,
  'CREATE TABLE archives (document INTEGER PRIMARY KEY, bytes BLOB NOT NULL, crc INTEGER NOT NULL) STRICT',
]

export interface Meta {
  readonly generation: string
  readonly schemaVersion: number
  readonly commits: number
}

export const rowsTable = (collection: string): string => `"rows_${collection}"`

/** The field's JSON text: unlike the plain value it tells true from 1 and from "true". */
export const indexExpression = (field: string): string => `(value -> '$."${field}"')`

/** Brings the file up to date, in one transaction; makes the generation of a new one. */
export const prepareTables = (session: Session, declared: Declared, random: Random): void =>
  session.transaction(() => {
    const isNew = session.database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'meta'`).get() === undefined
    if (isNew) createMeta(session, random)
    migrate(session, readMeta(session))
    for (const [collection, indices] of declared) fitCollection(session, collection, indices)
  })

export const readMeta = (session: Session): Meta => {
  const row = session.database.prepare('SELECT generation, schema_version, commits, crc FROM meta').get()
  if (row === undefined) throw corrupt('meta', 'the row is missing')
  const meta = { generation: text(row, 'generation'), schemaVersion: integer(row, 'schema_version'), commits: integer(row, 'commits') }
  assertSeal(integer(row, 'crc'), sealOfMeta(meta.generation, meta.schemaVersion, meta.commits), () => 'meta')
  return meta
}

export const writeMeta = (session: Session, { generation, schemaVersion, commits }: Meta): void => {
  const crc = sealOfMeta(generation, schemaVersion, commits)
  session.sql('UPDATE meta SET schema_version = ?, commits = ?, crc = ?').run(schemaVersion, commits, crc)
}

const createMeta = (session: Session, random: Random): void => {
  session.database.exec(
    'CREATE TABLE meta (generation TEXT NOT NULL, schema_version INTEGER NOT NULL, commits INTEGER NOT NULL, crc INTEGER NOT NULL) STRICT',
  )
  const generation = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('')
  session.database.prepare('INSERT INTO meta VALUES (?, 0, 0, ?)').run(generation, sealOfMeta(generation, 0, 0))
}

const migrate = (session: Session, meta: Meta): void => {
  if (meta.schemaVersion > MIGRATIONS.length) {
    throw new Error(
      `store: ${session.path} has schema ${meta.schemaVersion}, newer than this program's ${MIGRATIONS.length}; start the program that wrote it`,
    )
  }
  if (meta.schemaVersion === MIGRATIONS.length) return
  for (const migration of MIGRATIONS.slice(meta.schemaVersion)) session.database.exec(migration)
  writeMeta(session, { ...meta, schemaVersion: MIGRATIONS.length })
}

const fitCollection = (session: Session, collection: string, indices: ReadonlySet<string>): void => {
  const table = rowsTable(collection)
  session.database.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) STRICT`,
  )
  const wanted = new Map([...indices].map((field) => [`rows_${collection}.${field}`, field]))
  const present = session.database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`)
  for (const row of present.all(`rows_${collection}`)) {
    const name = text(row, 'name')
    if (!wanted.delete(name)) session.database.exec(`DROP INDEX "${name}"`)
  }
  for (const [name, field] of wanted) session.database.exec(`CREATE INDEX "${name}" ON ${table} (${indexExpression(field)}, key)`)
}
