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

export class KeptValues {
  readonly #doc: Y.Doc
  readonly #byHash = new Map<string, Json>()
  readonly #seen = new WeakSet<object>()
  /** Of values met before, so that a view of them costs no hashing. */
  readonly #references = new WeakMap<object, Reference>()
  #length = 0

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
    const found = this.#byHash.get(hash)
    if (found !== undefined) return found
    this.#refresh()
    return this.#byHash.get(hash)
  }

  /** A value in few bytes, for whoever only looks. */
  shown(value: Json): Json {
    return isKeptApart(value) ? this.referenceTo(value) : value
  }

  referenceTo(value: Json): Reference {
    if (value === null || typeof value !== 'object') return referenceTo(value)
    const known = this.#references.get(value) ?? referenceTo(value)
    this.#references.set(value, known)
    return known
  }

  /** Within a transaction. */
  write(fresh: FreshValues): void {
    if (fresh.size > 0) this.#doc.getArray<Json>(VALUES).push([...fresh.values()].map((value) => [value]))
  }

  /** Updates of several authors may meet in the midst of it, so what is new is told by its identity. */
  #refresh(): void {
    if (!this.#doc.share.has(VALUES)) return
    const elements = this.#doc.getArray<Json>(VALUES)
    if (elements.length === this.#length) return
    this.#length = elements.length
    for (const element of elements.toArray()) {
      if (!Array.isArray(element) || this.#seen.has(element)) continue
      this.#seen.add(element)
      const [value]: readonly (Json | undefined)[] = element
      if (value !== undefined) this.#byHash.set(this.referenceTo(value).$value, value)
    }
  }
}
