/**
 * Seeded randomness for the simulated world: sfc32 (Chris Doty-Humphrey, PractRand, `RNG_engines.txt`), 128 bits of state, passes
 * PractRand and BigCrush. Its state is filled from text by four lanes of FNV-1a, each finished as MurmurHash3 does.
 *
 * P1  The same seed gives the same numbers, in every version of this file: seeds are kept as regressions.
 * P2  `stream(name)` depends on the seed and the name alone, not on what was drawn before, so a fault family that draws from its own
 *     stream can be switched off without shifting any other.
 * P3  Each helper draws a fixed count of numbers whatever its arguments (`chance(0)` draws one too), for the same reason.
 */
import type { Random } from '../ports/random.ts'

const WARM_UP_ROUNDS = 12

/** The steepness of `heavyTail`: most values near the least, a mean that the rare large ones still dominate. */
const TAIL_EXPONENT = 1.1

export class Prng implements Random {
  readonly #seed: string
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number | string) {
    this.#seed = String(seed)
    this.#a = hash32(this.#seed, 0x811c9dc5)
    this.#b = hash32(this.#seed, 0x9e3779b9)
    this.#c = hash32(this.#seed, 0x85ebca6b)
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.u32()
  }

  stream(name: string): Prng {
    return new Prng(`${this.#seed}/${name}`)
  }

  u32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** Uniform over [0, 1), with 32 bits. */
  fraction(): number {
    return this.u32() / 2 ** 32
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  /** Uniform over [low, high). */
  range(low: number, high: number): number {
    return low + this.fraction() * (high - low)
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.between(0, list.length - 1)]
    if (found === undefined) throw new RangeError('pick: the list is empty')
    return found
  }

  /** A new list in another order, every order equally likely (Fisher and Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const left = [...list]
    return list.flatMap(() => left.splice(this.between(0, left.length - 1), 1))
  }

  /** A whole number of the bounded Pareto distribution over [low, high], by inversion; `low` must be positive. */
  heavyTail(low: number, high: number): number {
    const share = 1 - (low / high) ** TAIL_EXPONENT
    return Math.floor(low / (1 - this.fraction() * share) ** (1 / TAIL_EXPONENT))
  }

  /** The time to the next event of a Poisson process, in the unit of `1 / rate`; never ends for rate 0. */
  gap(rate: number): number {
    return -Math.log(1 - this.fraction()) / rate
  }
}

const hash32 = (text: string, basis: number): number => {
  let hash = basis
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
