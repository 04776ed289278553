/**
 * The shapes a partition takes, each as cuts of one-directional ways over the time it lasts:
 *
 *   pair       two nodes, both ways              isolate     one node from everybody
 *   one-way    two nodes, one way                hub         the hub from everybody
 *   flapping   two nodes, on and off             split       the nodes fall into two camps
 *   swizzle    a random set stops one by one and comes back in another order (FoundationDB's swizzle-clogging)
 *   offline    one node for days; drawn by the plan itself
 */
import type { Prng } from './prng.ts'
import type { Way } from './sim-network.ts'

/** `pairs` are who talks with whom; `hub` is the node whose isolation cuts everybody off. Nodes and pairs are not empty. */
export interface Topology {
  readonly nodes: readonly string[]
  readonly hub: string
  readonly pairs: readonly (readonly [string, string])[]
}

export type CutShape = 'pair' | 'one-way' | 'flapping' | 'isolate' | 'hub' | 'split' | 'swizzle' | 'offline'

export interface Cut {
  readonly afterMs: number
  readonly durationMs: number
  readonly ways: readonly Way[]
}

type Pair = readonly [string, string]

const ONE_WAY_SHARE = 0.3
const FLAPS = 5
const OTHER_SHAPES: readonly Exclude<CutShape, 'one-way' | 'offline'>[] = ['pair', 'flapping', 'isolate', 'hub', 'split', 'swizzle']

export const drawCuts = (
  prng: Prng,
  topology: Topology,
  durationMs: number,
): { readonly shape: CutShape; readonly cuts: readonly Cut[] } => {
  const oneWay = prng.chance(ONE_WAY_SHARE)
  const shape = oneWay ? 'one-way' : prng.pick(OTHER_SHAPES)
  return { shape, cuts: cutsOf(shape, prng, topology, durationMs) }
}

const cutsOf = (shape: Exclude<CutShape, 'offline'>, prng: Prng, topology: Topology, durationMs: number): readonly Cut[] => {
  const whole = (ways: readonly Way[]): readonly Cut[] => [{ afterMs: 0, durationMs, ways }]
  switch (shape) {
    case 'pair':
      return whole(bothWays([prng.pick(topology.pairs)]))
    case 'one-way':
      return whole([prng.pick(bothWays([prng.pick(topology.pairs)]))])
    case 'isolate':
      return whole(bothWays(pairsOf(topology, prng.pick(topology.nodes))))
    case 'hub':
      return whole(bothWays(pairsOf(topology, topology.hub)))
    case 'split':
      return whole(bothWays(split(prng, topology)))
    case 'flapping':
      return flapping(bothWays([prng.pick(topology.pairs)]), durationMs)
    case 'swizzle':
      return swizzle(prng, topology, durationMs)
  }
}

export const bothWays = (pairs: readonly Pair[]): readonly Way[] =>
  pairs.flatMap(([one, other]): Way[] => [
    [one, other],
    [other, one],
  ])

export const pairsOf = (topology: Topology, node: string): readonly Pair[] => topology.pairs.filter((pair) => pair.includes(node))

const split = (prng: Prng, topology: Topology): readonly Pair[] => {
  const camp = new Set(topology.nodes.filter(() => prng.chance(0.5)))
  return topology.pairs.filter(([one, other]) => camp.has(one) !== camp.has(other))
}

const flapping = (ways: readonly Way[], durationMs: number): readonly Cut[] => {
  const period = Math.ceil(durationMs / FLAPS)
  return Array.from({ length: FLAPS }, (_, index) => ({ afterMs: index * period, durationMs: Math.ceil(period / 2), ways }))
}

const swizzle = (prng: Prng, topology: Topology, durationMs: number): readonly Cut[] => {
  const nodes = prng.shuffle(topology.nodes).slice(0, prng.between(1, topology.nodes.length))
  const half = Math.ceil(durationMs / 2)
  return nodes.map((node) => {
    const afterMs = prng.between(0, half)
    return { afterMs, durationMs: prng.between(half, durationMs) - afterMs, ways: bothWays(pairsOf(topology, node)) }
  })
}
