/**
 * Which segments count, and how far. Derived from the segments' openers alone:
 *
 *   root ──base──▶ successor ──base──▶ … ──▶ tip
 *
 *   D1a  The chain starts at a segment without base; the next link is the segment whose base names it.
 *   D1b  Among several candidates the highest (epoch, life, part) wins; the losers, and what stands on them, lie beyond a cut.
 *   D1c  A link counts only up to its successor's base length.
 *   D1d  A segment's whole past is fixed by its opener, so a position stays valid as long as its segment is in the chain and not cut below it.
 *
 * The chain is rebuilt only when a segment has appeared or got its opener. Doesn't know about entries; those are read in `segments.ts`.
 */
import type * as Y from 'yjs'
import type { Json } from '../values/json.ts'
import { type Base, type Opener, parseOpener } from './opener.ts'
import { compareSegmentNames, parseSegmentName, type SegmentName } from './segment-name.ts'

/** Elements a segment may hold, its opener included; the next part follows. */
export const SEGMENT_LENGTH = 1024

export interface Segment extends SegmentName {
  readonly name: string
  readonly elements: Y.Array<Json>
  /** Missing until the first element is here, and for ever when that is not an opener: then it counts for nothing. */
  readonly opener: Opener | undefined
}

export interface Link {
  readonly segment: Segment
  /** Elements that count; Infinity at the tip. */
  readonly limit: number
  /** Entries folded before this link. */
  readonly before: number
  readonly place: number
}

const ROOT = ''

export class LogIndex {
  readonly #doc: Y.Doc
  readonly #segments = new Map<string, Segment>()
  readonly #names = new Map<unknown, string>()
  #rootsSeen = 0
  #unopened: string[] = []
  #chain: Link[] = []
  #places = new Map<string, Link>()

  constructor(doc: Y.Doc) {
    this.#doc = doc
  }

  /** Every segment that this replica has heard of. */
  segments(): ReadonlyMap<string, Segment> {
    this.#refresh()
    return this.#segments
  }

  /** The name of the segment that is this Yjs type. */
  nameOf(type: unknown): string | undefined {
    this.#refresh()
    return this.#names.get(type)
  }

  chain(): readonly Link[] {
    this.#refresh()
    return this.#chain
  }

  linkOf(segment: string): Link | undefined {
    this.#refresh()
    return this.#places.get(segment)
  }

  #refresh(): void {
    if (this.#rootsSeen === this.#doc.share.size && this.#unopened.length === 0) return
    const newlyOpened = [...this.#take(this.#unopened.splice(0)), ...this.#take(this.#newRoots())]
    if (newlyOpened.some((segment) => segment.opener !== undefined)) this.#rebuild()
  }

  #newRoots(): string[] {
    // Roots are never removed and a Map keeps its order, so what is new stands at the end.
    const names = [...this.#doc.share.keys()].slice(this.#rootsSeen)
    this.#rootsSeen = this.#doc.share.size
    return names
  }

  #take(names: readonly string[]): Segment[] {
    return names.flatMap((name) => {
      const parsed = parseSegmentName(name)
      if (parsed === undefined) return []
      const elements = this.#doc.getArray<Json>(name)
      if (elements.length === 0) this.#unopened.push(name)
      const segment = { ...parsed, name, elements, opener: parseOpener(elements.length === 0 ? undefined : elements.get(0)) }
      this.#segments.set(name, segment)
      this.#names.set(elements, name)
      return [segment]
    })
  }

  #rebuild(): void {
    const successors = this.#successors()
    this.#chain = []
    this.#places = new Map()
    let before = 0
    for (let segment = successors.get(ROOT); segment !== undefined; ) {
      const next = successors.get(segment.name)
      const limit = next?.opener?.base?.length ?? Number.POSITIVE_INFINITY
      const link = { segment, limit, before, place: this.#chain.length }
      this.#chain.push(link)
      this.#places.set(segment.name, link)
      before += limit - 1
      segment = next
    }
  }

  #successors(): Map<string, Segment> {
    const winners = new Map<string, Segment>()
    for (const segment of this.#segments.values()) {
      if (segment.opener === undefined) continue
      const base = baseName(segment.opener.base)
      const rival = winners.get(base)
      if (rival === undefined || compareSegmentNames(rival, segment) < 0) winners.set(base, segment)
    }
    return winners
  }
}

const baseName = (base: Base | null): string => base?.segment ?? ROOT
