/** What a peer may spend: an allowance that runs out and refills (a token bucket). */
export class Allowance {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #at: number

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#left = burst
    this.#at = nowMs
  }

  /** False when the cost exceeds what is left; then nothing is taken. */
  take(cost: number, nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#at) / 1000) * this.#perSecond)
    this.#at = nowMs
    if (cost > this.#left) return false
    this.#left -= cost
    return true
  }
}
