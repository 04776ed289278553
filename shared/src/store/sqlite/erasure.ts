/**
 * Erasing a document (S9): its places in the feed stay, and nothing in them. Whatever of it is there is erased, readable or not, and where
 * an update is missing altogether an empty one is put: a document that was damaged is whole again afterwards, though it says nothing, and
 * can be written anew.
 */
import { sealOfUpdate, type UpdatePlace } from './seal.ts'
import { integer, type Session, text } from './session.ts'

const NOTHING = new Uint8Array(0)
const INSERT = `INSERT INTO updates (home, sequence, commit_number, document, version, origin, bytes, crc) VALUES (?, ?, ?, ?, ?, ?, x'', ?)`
/** The last number before a place that no update of the home has; 1 is looked for apart, as nothing stands before it. */
const FREE = `SELECT max(free) AS free FROM (
  SELECT u.sequence + 1 AS free FROM updates u WHERE u.home = ?1 AND u.sequence < ?2
    AND NOT EXISTS (SELECT 1 FROM updates n WHERE n.home = u.home AND n.sequence = u.sequence + 1)
  UNION ALL SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM updates n WHERE n.home = ?1 AND n.sequence = 1))`

export const writeErasure = (session: Session, document: string, number: number): void => {
  const places = placesOf(session, document, number)
  const erase = session.sql(`UPDATE updates SET bytes = x'', crc = ? WHERE document = ? AND version = ?`)
  for (const place of places) erase.run(sealOfUpdate(place, NOTHING), number, place.version)
  let after: UpdatePlace | undefined
  for (const place of [...places].reverse()) {
    if (after !== undefined) fill(session, number, place.version, after)
    after = place
  }
  if (after !== undefined) fill(session, number, 0, after)
  session.sql('DELETE FROM archives WHERE document = ?').run(number)
}

const placesOf = (session: Session, document: string, number: number): readonly UpdatePlace[] =>
  session
    .sql('SELECT home, sequence, commit_number, version, origin FROM updates WHERE document = ? ORDER BY version')
    .all(number)
    .map((row) => ({
      home: text(row, 'home'),
      sequence: integer(row, 'sequence'),
      group: integer(row, 'commit_number'),
      document,
      version: integer(row, 'version'),
      origin: text(row, 'origin'),
    }))

/** Every version between two that are there, from the later one down: in the feed before it. */
const fill = (session: Session, number: number, below: number, after: UpdatePlace): void => {
  let next = after
  for (let version = after.version - 1; version > below; version -= 1) {
    const free = session.sql(FREE).get(after.home, next.sequence)?.free
    if (typeof free !== 'number' || free >= next.sequence) return
    next = { ...after, version, sequence: free }
    session.sql(INSERT).run(after.home, free, after.group, number, version, after.origin, sealOfUpdate(next, NOTHING))
  }
}
