/**
 * Writes one batch. It is cut loose from its caller when it is handed in, because by the time it is written the caller may have gone on
 * with its bytes and values. All that a batch writes is known before the first write, and goes to the database in a few calls.
 */
import type { Append, Batch, Belief } from '../../ports/store.ts'
import { assertHome, type Declared } from '../declared.ts'
import type { Ledger } from './ledger.ts'
import { ofDocument, updateOf } from './reads.ts'
import { sealOfDocument, sealOfUpdate } from './seal.ts'
import type { Fields, Session } from './session.ts'
import { keyBytes, metaRow, storedRow } from './tables.ts'

export interface LooseBatch {
  readonly appends: readonly Append[]
  readonly rows: readonly Fields[]
  readonly removed: [string, Uint8Array][]
  readonly expected: Batch['expected']
  readonly erase: readonly string[]
  readonly believed: readonly Belief[]
}

export const cutLoose = (declared: Declared, { appends, puts, removals, expected, erase, believed }: Batch): LooseBatch => ({
  appends: appends.map((append) => ({ ...append, update: append.update.slice() })),
  rows: puts.map(({ collection, key, value }) => storedRow(declared.get(collection) ?? new Set(), collection, key, value)),
  removed: removals.map(({ collection, key }) => [collection, keyBytes(key)]),
  expected: new Map(expected),
  erase: [...(erase ?? [])],
  believed: structuredClone(believed ?? []),
})

/** Inside a transaction, with a ledger that knows the batch's documents. @returns the commit's number, which is its group in the feed */
export const writeBatch = async (session: Session, ledger: Ledger, { appends, rows, removed, erase }: LooseBatch): Promise<number> => {
  const meta = ledger.nextCommit()
  const documents: Fields[] = []
  const updates = appends.map((append) => {
    const head = ledger.head(append.document) ?? ledger.add(append.document, append.home)
    assertHome(append.document, head.home, append.home)
    if (head.version === 0) documents.push(documentRow(append))
    head.version += 1
    return updateRow(append, { sequence: ledger.nextSequence(append.home), group: meta.commits, version: head.version })
  })
  if (documents.length > 0) await session.documents.bulkAdd(documents)
  if (updates.length > 0) await session.updates.bulkAdd(updates)
  if (rows.length > 0) await session.rows.bulkPut(rows)
  if (removed.length > 0) await session.rows.bulkDelete(removed)
  for (const document of erase) await eraseDocument(session, document)
  await session.meta.put(metaRow(meta))
  return meta.commits
}

/** Its rows stay, for they are the feed (S9). Archiving is left to what the browser's database compresses by itself (S8). */
const eraseDocument = async (session: Session, document: string): Promise<void> => {
  await ofDocument(session, document).modify((row: Fields, place: { value: Fields }) => {
    const { update: _, ...kept } = updateOf(row)
    const update = new Uint8Array(0)
    place.value = { ...kept, update, crc: sealOfUpdate(kept, update) }
  })
}

const documentRow = ({ document, home }: Append): Fields => ({ id: document, home, crc: sealOfDocument(document, home) })

type Numbers = { readonly sequence: number; readonly group: number; readonly version: number }

const updateRow = ({ document, home, origin, update }: Append, numbers: Numbers): Fields => {
  const place = { home, document, origin, ...numbers }
  return { ...place, update, crc: sealOfUpdate(place, update) }
}
