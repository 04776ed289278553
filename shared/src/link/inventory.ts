/**
 * What an end of the link holds of one home: documents in the order of their ids, each with a print of its content; and the fold of any
 * range of them, which is equal at both ends when they hold the same there.
 *
 *   V1  The fold of a range is the exclusive or of the hashes of its members, so it is read off two sums of the whole: O(log n).
 *   V2  A range is [from, to); the empty text stands for either end of all ids.
 */
import { sha256Behind } from '../values/hash.ts'

export interface Held {
  readonly document: string
  readonly print: string
}

export interface Range {
  readonly from: string
  readonly to: string
}

/** A range, and what one end holds in it. */
export interface Span extends Range {
  readonly fold: string
  readonly count: number
}

export const WHOLE: Range = { from: '', to: '' }

/** 32-bit words of a fold; 96 bits are beyond chance among the documents of a home. */
const WORDS = 3

export class Inventory {
  readonly #held: readonly Held[]
  /** Word w of the fold of the first n members stands at n · WORDS + w. */
  readonly #sums: Uint32Array

  constructor(held: Iterable<Held>) {
    this.#held = [...held].sort((a, b) => (a.document < b.document ? -1 : 1))
    this.#sums = sumsOf(this.#held)
  }

  get size(): number {
    return this.#held.length
  }

  spanOf({ from, to }: Range): Span {
    const [low, high] = this.#bounds(from, to)
    return { from, to, fold: this.#fold(low, high), count: high - low }
  }

  within({ from, to }: Range): readonly Held[] {
    return this.#held.slice(...this.#bounds(from, to))
  }

  /** The range cut into at most so many of about the same number of members. */
  split({ from, to }: Range, parts: number): readonly Span[] {
    const [low, high] = this.#bounds(from, to)
    const cuts = Array.from({ length: parts - 1 }, (_, n) => low + Math.floor(((high - low) * (n + 1)) / parts))
    const starts = [...new Set(cuts)].filter((at) => at > low && at < high).map((at) => this.#held[at]?.document ?? to)
    return [from, ...starts].map((start, index) => this.spanOf({ from: start, to: starts[index] ?? to }))
  }

  #bounds(from: string, to: string): [low: number, high: number] {
    const low = from === '' ? 0 : this.#place(from)
    return [low, to === '' ? this.#held.length : Math.max(low, this.#place(to))]
  }

  /** How many members come before an id. */
  #place(document: string): number {
    let low = 0
    let high = this.#held.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#held[middle]?.document ?? '') < document) low = middle + 1
      else high = middle
    }
    return low
  }

  #fold(low: number, high: number): string {
    let fold = ''
    for (let word = 0; word < WORDS; word += 1) {
      const bits = (this.#sums[low * WORDS + word] ?? 0) ^ (this.#sums[high * WORDS + word] ?? 0)
      fold += (bits >>> 0).toString(16).padStart(8, '0')
    }
    return fold
  }
}

const NOTHING = new Uint8Array(0)

const sumsOf = (held: readonly Held[]): Uint32Array => {
  const sums = new Uint32Array((held.length + 1) * WORDS)
  for (const [n, { document, print }] of held.entries()) {
    const hash = new DataView(sha256Behind(NOTHING, `${document} ${print}`).buffer)
    for (let word = 0; word < WORDS; word += 1) sums[(n + 1) * WORDS + word] = (sums[n * WORDS + word] ?? 0) ^ hash.getUint32(word * 4)
  }
  return sums
}
