/**
 * The faults of one seed as data, worked out before the world begins: what, where, when, how long. A plan can be printed, masked by id
 * to find the few faults that matter, and replayed.
 *
 * Every family draws from its own stream, per node where it strikes nodes; ids number a family's faults in the order of their drawing. So leaving
 * one out, or switching a family off, changes no other.
 *
 * What strikes a node or the network again and again does so as a Poisson process that waits until the last one is over, so a high
 * rate of long partitions leaves gaps in which work gets done.
 */

import { bothWays, type CutShape, drawCuts, pairsOf, type Topology } from './cut-shapes.ts'
import type { Knobs } from './knobs.ts'
import type { Prng } from './prng.ts'
import type { Way } from './sim-network.ts'
import type { Death, Freeze } from './sim-process.ts'

interface Timed {
  readonly id: string
  readonly atMs: number
}

export type Fault = Timed &
  (
    | { readonly kind: 'cut'; readonly shape: CutShape; readonly ways: readonly Way[]; readonly durationMs: number }
    | { readonly kind: 'reset'; readonly one: string; readonly other: string }
    | { readonly kind: 'half-open'; readonly way: Way }
    | { readonly kind: 'crash'; readonly node: string; readonly death: Death; readonly durationMs: number }
    | { readonly kind: 'freeze'; readonly node: string; readonly freeze: Freeze; readonly durationMs: number }
    | { readonly kind: 'jump'; readonly node: string; readonly byMs: number }
    | { readonly kind: 'clone' | 'revoke' | 'upgrade'; readonly node: string }
  )

interface Draw {
  readonly prng: Prng
  readonly topology: Topology
  readonly knobs: Knobs
  readonly horizonMs: number
}

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const CRASH_DURING_RECOVERY = 0.1

export const drawFaultPlan = (prng: Prng, knobs: Knobs, topology: Topology, horizonMs: number): readonly Fault[] => {
  const draw: Draw = { prng: prng.stream('faults'), topology, knobs, horizonMs }
  const plan = [partitions, offline, resets, halfOpens, crashes, freezes, jumps, oneOffs].flatMap((family) => family(draw))
  return plan.sort((one, other) => one.atMs - other.atMs || (one.id < other.id ? -1 : 1))
}

/** Times of strikes at a rate per millisecond; `strike` returns how long the one at hand lasts. */
const repeat = (prng: Prng, ratePerMs: number, horizonMs: number, strike: (atMs: number, index: number) => number): void => {
  let index = 0
  for (let atMs = Math.ceil(prng.gap(ratePerMs)); atMs < horizonMs; atMs += Math.ceil(prng.gap(ratePerMs))) {
    atMs += strike(atMs, index)
    index += 1
  }
}

const partitions = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] => {
  const own = prng.stream('partition')
  const faults: Fault[] = []
  repeat(own, knobs.values.partitionsPerSecond / SECOND_MS, horizonMs, (atMs, index) => {
    const durationMs = own.heavyTail(SECOND_MS, Math.max(SECOND_MS, knobs.values.maxPartitionMs))
    const { shape, cuts } = drawCuts(own, topology, durationMs)
    for (const [part, cut] of cuts.entries()) {
      faults.push({ id: `cut-${index}.${part}`, kind: 'cut', shape, atMs: atMs + cut.afterMs, durationMs: cut.durationMs, ways: cut.ways })
    }
    return durationMs
  })
  return faults
}

const offline = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] => {
  const own = prng.stream('offline')
  const durationMs = knobs.values.offlineMs
  const node = own.pick(topology.nodes)
  const ways = bothWays(pairsOf(topology, node))
  const atMs = own.between(0, horizonMs)
  return durationMs === 0 ? [] : [{ id: 'offline-0', kind: 'cut', shape: 'offline', atMs, durationMs, ways }]
}

const resets = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] => {
  const own = prng.stream('reset')
  const faults: Fault[] = []
  repeat(own, knobs.values.resetsPerMinute / MINUTE_MS, horizonMs, (atMs, index) => {
    const [one, other] = own.pick(topology.pairs)
    faults.push({ id: `reset-${index}`, kind: 'reset', atMs, one, other })
    return 0
  })
  return faults
}

const halfOpens = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] => {
  const own = prng.stream('half-open')
  const faults: Fault[] = []
  repeat(own, knobs.values.halfOpensPerMinute / MINUTE_MS, horizonMs, (atMs, index) => {
    const [one, other] = own.pick(topology.pairs)
    faults.push({ id: `half-open-${index}`, kind: 'half-open', atMs, way: own.chance(0.5) ? [one, other] : [other, one] })
    return 0
  })
  return faults
}

const crashes = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] =>
  topology.nodes.flatMap((node) => {
    const own = prng.stream(`crash ${node}`)
    const faults: Fault[] = []
    const crash = (id: string, atMs: number, durationMs: number): Fault => {
      const death: Death = own.chance(knobs.values.powerLossShare) ? 'power-loss' : 'crash'
      return { id, kind: 'crash', atMs, node, death, durationMs }
    }
    repeat(own, knobs.values.crashesPerMinute / MINUTE_MS, horizonMs, (atMs, index) => {
      const downMs = own.heavyTail(100, 5 * MINUTE_MS)
      faults.push(crash(`crash-${node}-${index}`, atMs, downMs))
      if (!own.chance(CRASH_DURING_RECOVERY)) return downMs
      const recoveringMs = own.between(1, 50)
      faults.push(crash(`crash-${node}-${index}.recovery`, atMs + downMs + recoveringMs, downMs))
      return 2 * downMs + recoveringMs
    })
    return faults
  })

const freezes = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] =>
  topology.nodes.flatMap((node) => {
    const own = prng.stream(`freeze ${node}`)
    const faults: Fault[] = []
    repeat(own, knobs.values.freezesPerHour / HOUR_MS, horizonMs, (atMs, index) => {
      const durationMs = own.heavyTail(SECOND_MS, 10 * MINUTE_MS)
      faults.push({ id: `freeze-${node}-${index}`, kind: 'freeze', atMs, node, freeze: own.pick(['pause', 'suspend']), durationMs })
      return durationMs
    })
    return faults
  })

const jumps = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] =>
  topology.nodes.flatMap((node) => {
    const own = prng.stream(`jump ${node}`)
    const faults: Fault[] = []
    repeat(own, knobs.values.jumpsPerHour / HOUR_MS, horizonMs, (atMs, index) => {
      const byMs = own.heavyTail(SECOND_MS, DAY_MS) * (own.chance(0.5) ? 1 : -1)
      faults.push({ id: `jump-${node}-${index}`, kind: 'jump', atMs, node, byMs })
      return 0
    })
    return faults
  })

const oneOffs = ({ prng, topology, knobs, horizonMs }: Draw): readonly Fault[] => {
  const { clones, revocations, upgrades } = knobs.values
  const times = { clone: clones, revoke: revocations, upgrade: upgrades }
  return (['clone', 'revoke', 'upgrade'] as const).flatMap((kind) => {
    const own = prng.stream(kind)
    return Array.from({ length: times[kind] }, (_, index): Fault => {
      return { id: `${kind}-${index}`, kind, atMs: own.between(0, horizonMs), node: own.pick(topology.nodes) }
    })
  })
}
