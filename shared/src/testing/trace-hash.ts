/**
 * A running 53-bit hash of what happened, cheap enough for every event: two 32-bit multiplicative lanes, mixed at the end
 * (cyrb53 by bryc, made incremental). It tells two runs apart; it is no defence against anyone.
 */
export class TraceHash {
  #high = 0xdeadbeef
  #low = 0x41c6ce57

  add(time: number, text: string): void {
    this.#mix(time | 0)
    this.#mix(Math.floor(time / 2 ** 32))
    for (let index = 0; index < text.length; index++) this.#mix(text.charCodeAt(index))
    this.#mix(-1) // the end of a line, so that 'ab','c' and 'a','bc' differ
  }

  #mix(word: number): void {
    this.#high = Math.imul(this.#high ^ word, 2_654_435_761)
    this.#low = Math.imul(this.#low ^ word, 1_597_334_677)
    this.#high ^= this.#low >>> 15
    this.#low ^= this.#high >>> 13
  }

  /** 14 hex digits. */
  get value(): string {
    const high = finish(this.#high, this.#low)
    const low = finish(this.#low, this.#high)
    return ((high & 0x1fffff) * 2 ** 32 + (low >>> 0)).toString(16).padStart(14, '0')
  }
}

const finish = (one: number, other: number): number =>
  Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)
