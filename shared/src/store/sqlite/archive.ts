/**
 * Documents that hardly anybody reads any more, kept in less room (S8). An archived document's updates lie together, deflated, in one row;
 * their own rows stay, for they are the feed, without bytes. Each keeps the seal of the bytes it had, and is checked by it when it is read.
 *
 *   updates   (document, version) … bytes = '' and a seal that is not that of ''   ──▶   archives (document) → all of them up to `through`
 *
 * What is appended later lies in its own row as ever, until the document is archived again.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { corrupt, sealOfArchive, type UpdatePlace } from './seal.ts'
import { bytes, integer, type Session } from './session.ts'

const LENGTH_BYTES = 4
const NOTHING = new Uint8Array(0)

/** All updates as one, each after its length. */
export const pack = (updates: readonly Uint8Array[]): Uint8Array => {
  const packed = new Uint8Array(updates.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0))
  const view = new DataView(packed.buffer)
  let at = 0
  for (const update of updates) {
    view.setUint32(at, update.length)
    packed.set(update, at + LENGTH_BYTES)
    at += LENGTH_BYTES + update.length
  }
  return packed
}

export const unpack = (packed: Uint8Array): readonly Uint8Array[] => {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  const updates: Uint8Array[] = []
  for (let at = 0; at < packed.length; ) {
    const end = at + LENGTH_BYTES + view.getUint32(at)
    updates.push(new Uint8Array(packed.subarray(at + LENGTH_BYTES, end)))
    at = end
  }
  return updates
}

/** What was archived, looked up at most once a document. */
export class Archives {
  readonly #session: Session
  readonly #found = new Map<number, readonly Uint8Array[]>()

  constructor(session: Session) {
    this.#session = session
  }

  /** The bytes of an update whose row has none, unless it never had any. */
  bytesOf(number: number, { document, version }: UpdatePlace): Uint8Array {
    const updates = this.#found.get(number) ?? this.#read(number, document)
    this.#found.set(number, updates)
    return updates[version - 1] ?? NOTHING
  }

  #read(number: number, document: string): readonly Uint8Array[] {
    const row = this.#session.sql('SELECT bytes, crc FROM archives WHERE document = ?').get(number)
    if (row === undefined) return []
    const packed = bytes(row, 'bytes')
    if (integer(row, 'crc') !== sealOfArchive(number, packed))
      throw corrupt(`archive of ${document}`, 'the stored bytes do not match their checksum')
    return unpack(inflateRawSync(packed))
  }
}

/** @param updates all that the document has, in order */
export const writeArchive = (session: Session, number: number, updates: readonly Uint8Array[]): void => {
  const packed = deflateRawSync(pack(updates), { level: 9 })
  session
    .sql(
      'INSERT INTO archives (document, bytes, crc) VALUES (?, ?, ?) ON CONFLICT (document) DO UPDATE SET bytes = excluded.bytes, crc = excluded.crc',
    )
    .run(number, packed, sealOfArchive(number, packed))
  session.sql(`UPDATE updates SET bytes = x'' WHERE document = ? AND bytes <> x''`).run(number)
}
