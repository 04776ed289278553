import type { Query, Row } from '../../ports/store.ts'
import { isJsonObject, type Json } from '../../values/json.ts'
import { compareKeys } from '../key-order.ts'

/** One collection: values by key, and the keys in order, so that a page is found by bisection. */
export class SortedRows {
  readonly #values = new Map<string, Json>()
  #keys: string[] = []

  get(key: string): Json | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: Json): void {
    if (!this.#values.has(key)) this.#keys.splice(this.#firstAtOrAfter(key), 0, key)
    this.#values.set(key, value)
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#keys.splice(this.#firstAtOrAfter(key), 1)
  }

  select({ where, afterKey, limit }: Query): Row[] {
    const rows: Row[] = []
    for (let at = this.#firstAfter(afterKey); at < this.#keys.length && rows.length < limit; at += 1) {
      const key = this.#keys[at] ?? ''
      const value = this.#values.get(key) ?? null
      if (where === undefined || (isJsonObject(value) && value[where.index] === where.equals)) rows.push({ key, value })
    }
    return rows
  }

  copy(): SortedRows {
    const copy = new SortedRows()
    for (const [key, value] of this.#values) copy.#values.set(key, value)
    copy.#keys = [...this.#keys]
    return copy
  }

  #firstAfter(key: string | undefined): number {
    if (key === undefined) return 0
    const at = this.#firstAtOrAfter(key)
    return this.#keys[at] === key ? at + 1 : at
  }

  #firstAtOrAfter(key: string): number {
    let low = 0
    let high = this.#keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(this.#keys[middle] ?? '', key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
