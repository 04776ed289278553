/**
 * Reads all of a file that no node has open, and tells every place that is not as it was written (S5).
 *
 *   structure   pages, and that each index holds what its table holds: SQLite's own check
 *   rows        each against its seal, in the order of its table, so an index that lies hides nothing
 *   runs        no update is missing from its home's feed or from its document; no commit is newer than the last one
 *
 * Reading by index finds a changed row, and a gap; that a feed or a document ends too early, because the last entry of an index is
 * damaged, is found only here.
 */
import { StoreFailure } from '../../ports/store.ts'
import { Archives } from './archive.ts'
import type { SqlRow } from './database.ts'
import { readFailure } from './errors.ts'
import { rowOf, UPDATES, updateOf } from './reads.ts'
import { corrupt, sealOfDocument } from './seal.ts'
import { integer, Session, text } from './session.ts'
import { readMeta } from './tables.ts'

export interface Damage {
  readonly where: string
  readonly message: string
}

const PAGE = 500
const MAX_STRUCTURE = 100

/** Throws what an open throws. */
export function* verifySqliteFile(path: string): Generator<Damage> {
  const session = new Session(path)
  try {
    yield* found(path, () => structureOf(session))
    yield* found(path, () => updatesOf(session))
    yield* found(path, () => documentsOf(session))
    for (const collection of collectionsIn(session)) yield* found(path, () => rowsIn(session, collection))
  } finally {
    session.close()
  }
}

/** Where even the scan breaks off, that is told too, and the next one begins. */
function* found(path: string, scan: () => Generator<Damage>): Generator<Damage> {
  try {
    yield* scan()
  } catch (thrown) {
    yield damageOf(readFailure(thrown, path))
  }
}

const damageOf = (thrown: unknown): Damage => {
  if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') {
    return { where: thrown.reason.where, message: thrown.reason.message }
  }
  throw thrown
}

function* structureOf(session: Session): Generator<Damage> {
  for (const row of session.sql(`PRAGMA integrity_check(${MAX_STRUCTURE})`).all()) {
    const message = text(row, 'integrity_check')
    if (message !== 'ok') yield { where: session.path, message }
  }
}

function* updatesOf(session: Session): Generator<Damage> {
  const { commits } = readMeta(session)
  const runs = new Runs()
  for (const row of scan(session, `${UPDATES} WHERE u.position > ? ORDER BY u.position LIMIT ${PAGE}`, 'position')) {
    const { error, value } = attempt(() => updateOf(row, new Archives(session)))
    if (value === undefined) {
      yield error
      runs.doubtful()
      continue
    }
    yield* runs.next(value)
    if (value.group > commits)
      yield { where: `update ${value.home}/${value.sequence}`, message: `its commit is newer than the last, ${commits}` }
  }
}

/** What comes next in each feed and each document. */
class Runs {
  readonly #last = new Map<string, number>()
  /** A damaged update may have been the next of any run. */
  #missing = 0

  doubtful(): void {
    this.#missing += 1
  }

  *next({ home, sequence, document, version }: { home: string; sequence: number; document: string; version: number }): Generator<Damage> {
    yield* this.#step(`feed ${home}`, sequence)
    yield* this.#step(`document ${document}`, version)
  }

  *#step(run: string, number: number): Generator<Damage> {
    const expected = (this.#last.get(run) ?? 0) + 1
    this.#last.set(run, number)
    if (number < expected || number > expected + this.#missing) yield { where: run, message: `${number} stands where ${expected} should` }
  }
}

function* documentsOf(session: Session): Generator<Damage> {
  for (const row of scan(session, `SELECT number, id, home, crc FROM documents WHERE number > ? ORDER BY number LIMIT ${PAGE}`, 'number')) {
    const { error, value } = attempt(() => {
      const id = text(row, 'id')
      const isSealed = integer(row, 'crc') === sealOfDocument(integer(row, 'number'), id, text(row, 'home'))
      if (!isSealed) throw corrupt(`document ${id}`, 'the stored bytes do not match their checksum')
      return id
    })
    if (value === undefined) yield error
  }
}

const collectionsIn = (session: Session): readonly string[] =>
  session
    .sql(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'rows\\_%' ESCAPE '\\'`)
    .all()
    .map((row) => text(row, 'name').slice('rows_'.length))

function* rowsIn(session: Session, collection: string): Generator<Damage> {
  const sql = `SELECT rowid AS place, key, value, crc FROM "rows_${collection}" WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE}`
  for (const row of scan(session, sql, 'place')) {
    const { error, value } = attempt(() => rowOf(collection, row))
    if (value === undefined) yield error
  }
}

/** A table in the order of its own tree, a page at a time. */
function* scan(session: Session, sql: string, place: string): Generator<SqlRow> {
  for (let after = 0; ; ) {
    const rows = session.sql(sql).all(after)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    after = integer(last, place)
  }
}

type Attempt<T> = { readonly value: T; readonly error?: never } | { readonly value?: never; readonly error: Damage }

const attempt = <T>(work: () => T): Attempt<T> => {
  try {
    return { value: work() }
  } catch (thrown) {
    return { error: damageOf(thrown) }
  }
}
