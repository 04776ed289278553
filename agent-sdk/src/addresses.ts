/**
 * Where gateways of a facility may be found. One that let the agent in is tried again first; one that did not, because it is away or
 * another runs the facility, makes room for the next.
 */
export class Addresses {
  readonly #urls: readonly string[]
  #at = 0
  #isTried = false

  constructor(urls: string | readonly string[]) {
    this.#urls = typeof urls === 'string' ? [urls] : urls
    if (this.#urls.length === 0) throw new RangeError('an agent needs the address of a gateway')
  }

  /** The one to try now. */
  next(): string {
    if (this.#isTried) this.#at = (this.#at + 1) % this.#urls.length
    this.#isTried = true
    return this.#urls[this.#at] ?? ''
  }

  /** The last one let the agent in. */
  welcomed(): void {
    this.#isTried = false
  }
}
