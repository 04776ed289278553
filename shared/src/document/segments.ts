/**
 * Reading the log: the entries that count, in fold order, and what lies beyond a cut.
 *
 *   D1e  Reading stops where a base is not complete here, so what is read is always a prefix (I16) whatever order updates came in.
 *   D1f  Entries beyond a cut are never folded; each is named ⟨segment, index⟩ and judged once, as a proposal under that id.
 */
import type { Json } from '../values/json.ts'
import type { Link, LogIndex, Segment } from './log-index.ts'
import type { Replica } from './replica.ts'

export type Entry = readonly Json[]

/** How far a log was read: `index` elements of `segment` (its opener included), `length` entries in all. */
export interface Position {
  readonly segment: string | null
  readonly index: number
  readonly length: number
}

export const START: Position = { segment: null, index: 0, length: 0 }

export interface CutEntry {
  readonly segment: string
  /** Place among the segment's elements. */
  readonly index: number
  readonly entry: Entry
}

export interface Tail {
  readonly entries: readonly Entry[]
  readonly position: Position
}

export interface Log extends Tail {
  readonly cut: readonly CutEntry[]
  /** Names of the segments that count, in fold order. */
  readonly segments: readonly string[]
}

export const readLog = (replica: Replica): Log => ({
  ...readOn(replica.log.chain(), 0, START),
  cut: readCut(replica.log),
  segments: replica.log.chain().map((link) => link.segment.name),
})

/** What came after a position, in O(new); `refold` when the position lies beyond a cut, so that the past has changed. */
export const readTail = (replica: Replica, position: Position): Tail | 'refold' => {
  const chain = replica.log.chain()
  if (position.segment === null) return readOn(chain, 0, position)
  const link = replica.log.linkOf(position.segment)
  if (link === undefined || position.index > Math.min(link.limit, link.segment.elements.length)) return 'refold'
  return readOn(chain, link.place, position)
}

/** Where reading would end now, without reading. */
export const endOf = (replica: Replica): Position => {
  const link = lastReadable(replica.log.chain())
  return link === undefined ? START : positionAt(link, readableLength(link))
}

/** The link that reading ends in: the tip, or the first whose successor rests on elements that are not here yet. */
export const lastReadable = (chain: readonly Link[]): Link | undefined => chain.find((link) => !isComplete(link))

const readOn = (chain: readonly Link[], place: number, from: Position): Tail => {
  const entries: Entry[] = []
  let position = from
  for (let at = place; at < chain.length; at++) {
    const link = chain[at]
    if (link === undefined) break
    const start = at === place ? Math.max(1, from.index) : 1
    const end = readableLength(link)
    for (const element of link.segment.elements.slice(start, end)) entries.push(entryOf(element))
    position = positionAt(link, end)
    if (!isComplete(link)) break
  }
  return { entries, position }
}

export const readableLength = (link: Link): number => Math.min(link.limit, link.segment.elements.length)
export const isComplete = (link: Link): boolean => link.segment.elements.length >= link.limit
const positionAt = (link: Link, index: number): Position => ({ segment: link.segment.name, index, length: link.before + index - 1 })

/** Reading is total: what is no array gets a code that no entry has, and stays opaque. */
export const entryOf = (element: Json): Entry => (isEntry(element) ? element : [-1, element])
const isEntry = (element: Json): element is Entry => Array.isArray(element)

const readCut = (log: LogIndex): CutEntry[] => {
  const cut: CutEntry[] = []
  for (const segment of log.segments().values()) {
    const from = log.linkOf(segment.name)?.limit ?? (isBeyondCut(log, segment) ? 1 : Number.POSITIVE_INFINITY)
    if (from >= segment.elements.length) continue
    segment.elements.slice(from).forEach((element, offset) => {
      cut.push({ segment: segment.name, index: from + offset, entry: entryOf(element) })
    })
  }
  return cut
}

/** A segment outside the chain is cut when it lost against a rival; one whose base has not arrived yet is merely waiting. */
export const isBeyondCut = (log: LogIndex, start: Segment): boolean => {
  const seen = new Set<string>()
  for (let segment: Segment | undefined = start; segment?.opener !== undefined && !seen.has(segment.name); ) {
    seen.add(segment.name)
    const { base } = segment.opener
    if (base === null || log.linkOf(base.segment) !== undefined) return true
    segment = log.segments().get(base.segment)
  }
  return false
}
