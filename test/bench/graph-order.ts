/**
 * What checking a definition's graph and finding its order costs as it grows: random layered graphs with three links a step. The order
 * works on bare numbers; the checks work on names, so that they can tell an author what is wrong, and take most of the time. The largest
 * graph outgrows the processor's caches and gives the collector work, so the ratio stands somewhat above 1 though the steps are linear.
 */
import { checkGraph, orderOf, type Sketch, sketchOf } from '@holdfast/shared/definition'
import { type LayeredGraph, layeredGraph, Prng } from '@holdfast/shared/testing'
import { type Measurement, median, timed } from './measurement.ts'

const LINKS_PER_STEP = 3
const LAYERS = 50
const SEED = 'graph-order'

export interface GraphOrderSize {
  /** Steps of the graphs, at least as many as there are layers; growth is measured from the middle one to the largest. */
  readonly steps: readonly [small: number, middle: number, large: number]
  readonly repetitions: number
}

const FULL_SIZE: GraphOrderSize = { steps: [1_000, 10_000, 100_000], repetitions: 9 }

export const graphOrder = ({ steps, repetitions }: GraphOrderSize = FULL_SIZE): Measurement => {
  const [small, middle, large] = [costOf(steps[0], repetitions), costOf(steps[1], repetitions), costOf(steps[2], repetitions)]
  const perItem = ({ steps: count, checkMs }: Cost): number => checkMs / (count * (1 + LINKS_PER_STEP))
  return {
    name: 'graph-order',
    value: large.checkMs,
    unit: 'ms',
    ratio: perItem(large) / perItem(middle),
    against: `time per step and link at ${large.steps} steps, to that at ${middle.steps}: about 1 when linear, about 10 when quadratic`,
    detail: `order and checks; ${[small, middle, large].map(describe).join(', ')}`,
  }
}

interface Cost {
  readonly steps: number
  readonly orderMs: number
  /** The order included: the search for cycles is made of it. */
  readonly checkMs: number
}

const costOf = (steps: number, repetitions: number): Cost => {
  const { from, to } = layeredGraph(new Prng(SEED), steps, steps * LINKS_PER_STEP, LAYERS)
  const sketch = sketchGraph({ steps, from, to })
  const orderMs: number[] = []
  const checkMs: number[] = []
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    orderMs.push(timed(() => orderOf(steps, from, to)))
    checkMs.push(timed(() => checkGraph(sketch)))
  }
  return { steps, orderMs: median(orderMs), checkMs: median(checkMs) }
}

const sketchGraph = ({ steps, from, to }: LayeredGraph): Sketch =>
  sketchOf({
    steps: Object.fromEntries(Array.from({ length: steps }, (_, step) => [`s${step}`, { type: 'function' }])),
    links: Array.from(from, (source, link) => ({ from: `s${source}`, to: `s${to[link]}`, trigger: 'complete' })),
  })

const describe = ({ steps, orderMs, checkMs }: Cost): string =>
  `${steps} steps ${checkMs.toFixed(1)} ms (order alone ${orderMs.toFixed(2)} ms)`
