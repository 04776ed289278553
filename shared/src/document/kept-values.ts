/**
 * The large values of a document, in a root beside its log: each is written once, in the transaction of the first entry that names it, and
 * found by its hash. So they travel, are archived and are erased with the document, and an entry is never anywhere without its values.
 *
 * The hash is computed from what is there, never read: a value that was changed is not found any more.
 */
import type * as Y from 'yjs'
import type { Json } from '../values/json.ts'
import { isKeptApart, isReference, MissingValue, type Reference, referenceTo } from '../values/reference.ts'

/** Elements are arrays of one value. */
export const VALUES = 'values'

/** Hash → value: what a turn adds. */
export type FreshValues = Map<string, Json>

interface Index {
  readonly byHash: Map<string, Json>
  /** Elements looked at. */
  readonly seen: Set<unknown>
  /** Of values met before, so that a view of them costs no hashing. */
  readonly references: WeakMap<object, Reference>
}

export class KeptValues {
  readonly #doc: Y.Doc
  /** Most documents have no large values, and then no index of them. */
  #index: Index | undefined

  constructor(doc: Y.Doc) {
    this.#doc = doc
  }

  /** What a log holds of this value; `fresh` takes it if it has to be written first. */
  put(value: Json, fresh: FreshValues): Json {
    if (value instanceof MissingValue || !isKeptApart(value)) return value
    const reference = this.referenceTo(value)
    if (this.find(reference.$value) === undefined) fresh.set(reference.$value, value)
    return reference
  }

  /** The value that a log's field stands for. */
  open(field: Json): Json {
    return isReference(field) ? (this.find(field.$value) ?? new MissingValue(field)) : field
  }

  find(hash: string): Json | undefined {
    const { byHash } = this.#known
    if (!byHash.has(hash)) this.#refresh()
    return byHash.get(hash)
  }

  /** A value in few bytes, for whoever only looks. */
  shown(value: Json): Json {
    return isKeptApart(value) ? this.referenceTo(value) : value
  }

  referenceTo(value: Json): Reference {
    if (value === null || typeof value !== 'object') return referenceTo(value)
    const { references } = this.#known
    const known = references.get(value) ?? referenceTo(value)
    references.set(value, known)
    return known
  }

  /** Within a transaction. */
  write(fresh: FreshValues): void {
    if (fresh.size > 0) this.#doc.getArray<Json>(VALUES).push([...fresh.values()].map((value) => [value]))
  }

  /** Updates of several authors may meet in the midst of it, so what is new is told by its identity. */
  #refresh(): void {
    if (!this.#doc.share.has(VALUES)) return
    const { byHash, seen } = this.#known
    const elements = this.#doc.getArray<Json>(VALUES)
    if (elements.length === seen.size) return
    for (const element of elements.toArray()) {
      if (seen.has(element)) continue
      seen.add(element)
      const [value]: readonly (Json | undefined)[] = Array.isArray(element) ? element : []
      if (value !== undefined) byHash.set(this.referenceTo(value).$value, value)
    }
  }

  get #known(): Index {
    this.#index ??= { byHash: new Map(), seen: new Set(), references: new WeakMap() }
    return this.#index
  }
}
