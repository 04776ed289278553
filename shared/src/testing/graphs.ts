/** Random graphs for benchmarks and properties: layered, acyclic, as arrays of step numbers. */
import type { Prng } from './prng.ts'

export interface LayeredGraph {
  readonly steps: number
  /** Link i leads from `from[i]` to `to[i]`. */
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/**
 * Step numbers are shuffled over the layers, so an order by number is no answer.
 *
 * @param layers at least 2, and at most `steps`
 */
export const layeredGraph = (random: Prng, steps: number, links: number, layers: number): LayeredGraph => {
  const numbers = shuffled(random, steps)
  const width = Math.ceil(steps / layers)
  const from = new Uint32Array(links)
  const to = new Uint32Array(links)
  for (let link = 0; link < links; link++) {
    const target = random.between(width, steps - 1)
    const source = random.between(0, Math.floor(target / width) * width - 1)
    from[link] = numbers[source] ?? 0
    to[link] = numbers[target] ?? 0
  }
  return { steps, from, to }
}

const shuffled = (random: Prng, count: number): Uint32Array => {
  const numbers = Uint32Array.from({ length: count }, (_, number) => number)
  for (let last = count - 1; last > 0; last--) {
    const other = random.between(0, last)
    const moved = numbers[other] ?? 0
    numbers[other] = numbers[last] ?? 0
    numbers[last] = moved
  }
  return numbers
}
