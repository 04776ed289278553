/**
 * Which links carried a message: a set of small numbers that is never changed, only made anew. Thirty links share one number of the list,
 * so that a new set costs a copy of a few bytes, where a `Set` would cost every member it has.
 */
const BITS = 30
/** No definition has that many links. A forged log must not ask its reader for more room. */
const MAX_LINK = 1_000_000

const isLink = (link: number): boolean => Number.isInteger(link) && link >= 0 && link < MAX_LINK

export class LinkSet {
  static readonly EMPTY = new LinkSet([])
  readonly words: readonly number[]

  private constructor(words: readonly number[]) {
    this.words = words
  }

  has(link: number): boolean {
    return (((this.words[Math.floor(link / BITS)] ?? 0) >>> (link % BITS)) & 1) === 1
  }

  with(links: readonly number[]): LinkSet {
    if (links.length === 0) return this
    const words = this.words.slice()
    for (const link of links) {
      if (!isLink(link)) continue
      const place = Math.floor(link / BITS)
      while (words.length <= place) words.push(0)
      words[place] = (words[place] ?? 0) | (1 << (link % BITS))
    }
    return new LinkSet(words)
  }

  without(links: readonly number[]): LinkSet {
    const words = this.words.slice()
    for (const link of links)
      if (this.has(link)) words[Math.floor(link / BITS)] = (words[Math.floor(link / BITS)] ?? 0) & ~(1 << (link % BITS))
    while (words.at(-1) === 0) words.pop()
    return new LinkSet(words)
  }

  /** The members in order. */
  toJSON(): number[] {
    return this.words.flatMap((word, place) =>
      Array.from({ length: BITS }, (_, bit) => place * BITS + bit).filter((link) => ((word >>> (link % BITS)) & 1) === 1),
    )
  }
}
