/**
 * A V1 update taken apart without applying it:
 *
 *   update   = sections, deletes
 *   section  = number of structs, client, first clock, structs …       one for each client
 *   struct   = info byte, origin?, right origin?, (root, key?)?, content
 *   deletes  = for each client its ranges, sorted and apart
 *
 * Only items are accepted, with JSON, text or "deleted" content, in a root; GC and skip structs, nested types, binary, embeds, formats
 * and sub-documents are refused here. Clocks are gap-free within a section because each struct starts where the last ended.
 */
import { refusal } from '../values/refusal.ts'
import { ARRAY_TAG, scanAny } from './any-scan.ts'
import { ByteReader, garbage, Unreadable } from './byte-reader.ts'

export interface ItemId {
  readonly client: number
  readonly clock: number
}

export type ItemContent =
  | { readonly kind: 'json'; readonly start: number; readonly allArrays: boolean }
  | { readonly kind: 'text' }
  | { readonly kind: 'deleted' }

export interface ParsedItem {
  readonly id: ItemId
  readonly length: number
  readonly origin: ItemId | undefined
  readonly rightOrigin: ItemId | undefined
  /** Named only where there is neither origin; else it is theirs. */
  readonly root: string | undefined
  readonly key: string | undefined
  readonly content: ItemContent
}

export interface Section {
  readonly client: number
  readonly items: readonly ParsedItem[]
}

export interface DeletedRange {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

export interface UpdateParts {
  readonly sections: readonly Section[]
  readonly deletes: ReadonlyMap<number, readonly DeletedRange[]>
}

const HAS_ORIGIN = 0x80
const HAS_RIGHT_ORIGIN = 0x40
const HAS_KEY = 0x20
const KIND = 0x1f
/** Far beyond any honest run of deletions, and too little to exhaust a clock of 53 bits. */
const MAX_DELETED_RUN = 2 ** 31

/** Throws `Unreadable`. */
export const parseUpdate = (update: Uint8Array): UpdateParts => {
  const reader = new ByteReader(update)
  const sections = readSections(reader)
  const deletes = readDeletes(reader)
  if (reader.left > 0) throw garbage()
  return { sections, deletes }
}

const readSections = (reader: ByteReader): Section[] => {
  const sections: Section[] = []
  const seen = new Set<number>()
  for (let left = reader.count(); left > 0; left--) {
    const structs = reader.count()
    const client = reader.varUint()
    // A second section of a client would make Yjs forget the first.
    if (seen.has(client)) throw garbage()
    seen.add(client)
    sections.push({ client, items: readItems(reader, client, structs) })
  }
  return sections
}

const readItems = (reader: ByteReader, client: number, structs: number): ParsedItem[] => {
  const items: ParsedItem[] = []
  let clock = reader.varUint()
  for (let left = structs; left > 0; left--) {
    const item = readItem(reader, { client, clock })
    clock += item.length
    if (!Number.isSafeInteger(clock)) throw garbage()
    items.push(item)
  }
  return items
}

const readItem = (reader: ByteReader, id: ItemId): ParsedItem => {
  const info = reader.byte()
  refuseKind(info & KIND)
  const origin = (info & HAS_ORIGIN) === 0 ? undefined : readId(reader)
  const rightOrigin = (info & HAS_RIGHT_ORIGIN) === 0 ? undefined : readId(reader)
  const rooted = origin === undefined && rightOrigin === undefined
  if (rooted && reader.varUint() !== 1) throw refuse('bad-root', 'An item is nested in another.')
  const root = rooted ? reader.text() : undefined
  const key = rooted && (info & HAS_KEY) !== 0 ? reader.text() : undefined
  return { id, origin, rightOrigin, root, key, ...readContent(reader, info & KIND) }
}

const refuseKind = (kind: number): void => {
  if (kind === 0 || kind === 10) throw refuse('bad-struct', 'The update holds a placeholder instead of an item.')
  if (kind > 10) throw garbage()
  if (kind !== 1 && kind !== 4 && kind !== 8) throw refuse('bad-content', 'The update holds a kind of content that no document has.')
}

const readContent = (reader: ByteReader, kind: number): { readonly length: number; readonly content: ItemContent } => {
  if (kind === 8) return readJson(reader)
  const length = kind === 4 ? reader.text().length : reader.varUint()
  if (length < 1 || length > MAX_DELETED_RUN) throw garbage()
  return { length, content: { kind: kind === 4 ? 'text' : 'deleted' } }
}

const readJson = (reader: ByteReader): { readonly length: number; readonly content: ItemContent } => {
  const length = reader.count()
  if (length < 1) throw garbage()
  const start = reader.position
  let allArrays = true
  for (let left = length; left > 0; left--) {
    allArrays &&= reader.bytes[reader.position] === ARRAY_TAG
    scanAny(reader)
  }
  return { length, content: { kind: 'json', start, allArrays } }
}

const readId = (reader: ByteReader): ItemId => ({ client: reader.varUint(), clock: reader.varUint() })

const readDeletes = (reader: ByteReader): Map<number, DeletedRange[]> => {
  const deletes = new Map<number, DeletedRange[]>()
  for (let left = reader.count(); left > 0; left--) {
    const client = reader.varUint()
    if (deletes.has(client)) throw garbage()
    deletes.set(client, readRanges(reader))
  }
  return deletes
}

/** Sorted and apart, as every Yjs writes them; so judging costs no more than one walk over what a client wrote. */
const readRanges = (reader: ByteReader): DeletedRange[] => {
  const ranges: DeletedRange[] = []
  let end = 0
  for (let left = reader.count(); left > 0; left--) {
    const from = reader.varUint()
    const to = from + reader.varUint()
    if (from < end || to <= from || !Number.isSafeInteger(to)) throw garbage()
    ranges.push({ from, to })
    end = to
  }
  return ranges
}

const refuse = (code: string, message: string): Unreadable => new Unreadable(refusal('give-up', code, message))
