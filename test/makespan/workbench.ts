/** Puts a task graph together by names of kinds: each step gets a number, and a time about as long as its kind takes on average. */
import type { Prng } from '@holdfast/shared/testing'
import type { TaskGraph } from './graph.ts'

/** A step takes between half and one and a half times its kind's mean. */
const SPREAD = 0.5

export class Workbench {
  readonly #means: Readonly<Record<string, number>>
  readonly #draws: Prng
  readonly #ids: string[] = []
  readonly #durationsMs: number[] = []
  readonly #links: (readonly [number, number])[] = []

  /** @param means seconds, by kind */
  constructor(means: Readonly<Record<string, number>>, draws: Prng) {
    this.#means = means
    this.#draws = draws
  }

  /** One more step of this kind, after those. */
  step(kind: string, after: readonly number[] = []): number {
    const mean = this.#means[kind]
    if (mean === undefined) throw new RangeError(`no mean time of ${kind}`)
    const number = this.#ids.length
    this.#ids.push(`${kind}-${number}`)
    this.#durationsMs.push(Math.max(1, Math.round(1_000 * mean * this.#draws.range(1 - SPREAD, 1 + SPREAD))))
    for (const source of after) this.#links.push([source, number])
    return number
  }

  /** So many of one kind, each after what the function says of its place. */
  steps(kind: string, count: number, after: (place: number) => readonly number[] = () => []): readonly number[] {
    return Array.from({ length: count }, (_, place) => this.step(kind, after(place)))
  }

  graph(name: string): TaskGraph {
    return { name, ids: this.#ids, durationsMs: this.#durationsMs, links: this.#links, needs: new Map() }
  }
}
