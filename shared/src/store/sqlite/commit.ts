/**
 * Writes one batch inside a transaction that the caller has begun. One statement for each append, put and removal, and one for the
 * commit's number; nothing is read but the heads of documents that the ledger does not remember.
 */
import type { Append, Batch, Put } from '../../ports/store.ts'
import { assertHome } from '../declared.ts'
import { writeArchive } from './archive.ts'
import { writeErasure } from './erasure.ts'
import type { Head, Ledger } from './ledger.ts'
import { readIdentity, readUpdates } from './reads.ts'
import { sealOfDocument, sealOfRow, sealOfUpdate } from './seal.ts'
import type { Session } from './session.ts'
import { rowsTable, writeMeta } from './tables.ts'

/** @returns the commit's number, which is its group in the feed */
export const writeBatch = (session: Session, ledger: Ledger, batch: Batch): number => {
  const meta = ledger.nextCommit()
  for (const append of batch.appends) writeAppend(session, ledger, meta.commits, append)
  for (const put of batch.puts) writePut(session, put)
  for (const { collection, key } of batch.removals) session.sql(`DELETE FROM ${rowsTable(collection)} WHERE key = ?`).run(key)
  for (const document of batch.archive ?? []) putAway(session, document)
  for (const document of batch.erase ?? []) erase(session, document)
  writeMeta(session, meta)
  return meta.commits
}

const writeAppend = (session: Session, ledger: Ledger, group: number, { document, home, origin, update }: Append): void => {
  const head = ledger.head(document) ?? writeDocument(session, ledger, document, home)
  assertHome(document, head.home, home)
  head.version += 1
  const sequence = ledger.nextSequence(home)
  const crc = sealOfUpdate({ home, sequence, group, document, version: head.version, origin }, update)
  session
    .sql('INSERT INTO updates (home, sequence, commit_number, document, version, origin, bytes, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(home, sequence, group, head.number, head.version, origin, update, crc)
}

const writeDocument = (session: Session, ledger: Ledger, document: string, home: string): Head => {
  const head = ledger.add(document, home)
  const crc = sealOfDocument(head.number, document, home)
  session.sql('INSERT INTO documents (number, id, home, crc) VALUES (?, ?, ?, ?)').run(head.number, document, home, crc)
  return head
}

const putAway = (session: Session, document: string): void => {
  const identity = readIdentity(session, document)
  if (identity === undefined) return
  const all = readUpdates(session, document, identity).map(({ update }) => update)
  writeArchive(session, identity.number, all)
}

const erase = (session: Session, document: string): void => {
  const identity = readIdentity(session, document)
  if (identity !== undefined) writeErasure(session, document, identity.number)
}

const writePut = (session: Session, { collection, key, value }: Put): void => {
  const text = JSON.stringify(value)
  session
    .sql(
      `INSERT INTO ${rowsTable(collection)} (key, value, crc) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, crc = excluded.crc`,
    )
    .run(key, text, sealOfRow(collection, key, text))
}
