/**
 * The document as it would be: what it holds, and on top of it the items of an update that have been judged so far. The document itself
 * is only looked at.
 */
import * as Y from 'yjs'
import type { Json } from '../values/json.ts'
import { FIELDS, NOTES } from './fields.ts'
import { VALUES } from './kept-values.ts'
import { PROPOSALS } from './proposals.ts'
import type { Replica } from './replica.ts'
import type { DeletedRange, ItemId } from './update-parts.ts'

/** Where an item lives; `key` within the `fields` map only. */
export interface Spot {
  readonly root: string
  readonly key: string | null
}

interface JudgedItem extends Spot {
  readonly clock: number
  readonly length: number
  readonly deleted: boolean
}

export interface StoredItem {
  readonly spot: Spot
  readonly origin: ItemId | undefined
  readonly rightOrigin: ItemId | undefined
}

export interface SegmentTail {
  readonly client: number
  readonly lastClock: number
  readonly length: number
}

export class Horizon {
  readonly replica: Replica
  readonly #judged = new Map<number, JudgedItem[]>()
  readonly #tails = new Map<string, SegmentTail>()

  constructor(replica: Replica) {
    this.replica = replica
    // Indexing gives new segments their Yjs type, and their items a new parent: before any item is looked at.
    replica.log.segments()
  }

  /** The next clock of a client. */
  state(client: number): number {
    const last = this.#judged.get(client)?.at(-1)
    return last === undefined ? this.#known(client) : last.clock + last.length
  }

  isNew(client: number): boolean {
    return this.#judged.has(client)
  }

  add(id: ItemId, length: number, spot: Spot, deleted: boolean): void {
    const item = { ...spot, clock: id.clock, length, deleted }
    const items = this.#judged.get(id.client)
    if (items === undefined) this.#judged.set(id.client, [item])
    else items.push(item)
  }

  /** Of an item below `state`; undefined for one outside every root of ours. */
  spotOf(id: ItemId): Spot | undefined {
    const judged = this.#judgedAt(id)
    if (judged !== undefined) return judged
    return this.#spotOfStored(Y.getItem(this.replica.doc.store, Y.createID(id.client, id.clock)))
  }

  /** Of an item that the document holds: its spot, and the neighbours it was written between. */
  storedAt(id: ItemId): StoredItem | undefined {
    const item = Y.getItem(this.replica.doc.store, Y.createID(id.client, id.clock))
    const spot = this.#spotOfStored(item)
    if (spot === undefined) return undefined
    const inside = item.id.clock < id.clock
    const origin = inside ? { client: id.client, clock: id.clock - 1 } : (item.origin ?? undefined)
    return { spot, origin, rightOrigin: item.rightOrigin ?? undefined }
  }

  /** The end of a segment; undefined while it is empty. */
  tailOf(segment: string): SegmentTail | undefined {
    return this.#tails.get(segment) ?? this.#storedTail(segment)
  }

  extend(segment: string, tail: SegmentTail): void {
    this.#tails.set(segment, tail)
  }

  /** Where the live items of a range are: what deleting it would take away. */
  *liveSpots(client: number, { from, to }: DeletedRange): Generator<Spot | undefined> {
    const structs = this.replica.doc.store.clients.get(client) ?? []
    if (from < this.#known(client)) {
      for (let at = Y.findIndexSS(structs, from); at < structs.length; at++) {
        const struct = structs[at]
        if (struct === undefined || struct.id.clock >= to) break
        if (!struct.deleted) yield this.#spotOfStored(struct)
      }
    }
    const judged = this.#judged.get(client) ?? []
    for (let at = indexAt(judged, from); at < judged.length; at++) {
      const item = judged[at]
      if (item === undefined || item.clock >= to) break
      if (!item.deleted && item.clock + item.length > from) yield item
    }
  }

  #known(client: number): number {
    return Y.getState(this.replica.doc.store, client)
  }

  #spotOfStored(struct: Y.Item | Y.GC): Spot | undefined {
    if (!(struct instanceof Y.Item)) return undefined
    const root = this.#rootName(struct.parent)
    return root === undefined ? undefined : { root, key: struct.parentSub }
  }

  #rootName(parent: unknown): string | undefined {
    const { share } = this.replica.doc
    const named = [PROPOSALS, NOTES, FIELDS, VALUES].find((name) => share.get(name) === parent)
    return named ?? this.replica.log.nameOf(parent)
  }

  #judgedAt(id: ItemId): JudgedItem | undefined {
    const items = this.#judged.get(id.client) ?? []
    const item = items[indexAt(items, id.clock)]
    return item !== undefined && item.clock <= id.clock ? item : undefined
  }

  #storedTail(name: string): SegmentTail | undefined {
    const segment = this.replica.log.segments().get(name)
    if (segment === undefined || segment.elements.length === 0) return undefined
    const tail = lastItem(segment.elements)
    return tail === undefined ? undefined : { client: tail.id.client, lastClock: tail.lastId.clock, length: segment.elements.length }
  }
}

const lastItem = (elements: Y.Array<Json>): Y.Item | undefined => {
  let item = elements._start
  while (item !== null && item.right !== null) item = item.right
  return item ?? undefined
}

/** The last item that begins at or before a clock, or the first. */
const indexAt = (items: readonly JudgedItem[], clock: number): number => {
  let low = 0
  let high = items.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((items[middle]?.clock ?? 0) <= clock) low = middle
    else high = middle - 1
  }
  return low
}
