/**
 * Families of task graphs, each of a wished number of steps (or the next below or above that the family has):
 *
 *   chain     ○─○─○─○            fork-join   ○─<○○○>─○         out-tree   a root and three children of each, down to the leaves
 *   lattice   a square grid, each step after the one above it and the one to its left (a wavefront)
 *   diamonds  ○<○○>○<○○>○        in-tree     an out-tree the other way round
 */
import type { Prng } from '@holdfast/shared/testing'
import type { TaskGraph } from './graph.ts'

type Links = TaskGraph['links'][number][]

export type Shape = (steps: number, draws: Prng) => TaskGraph

const ARITY = 3
const SHORTEST_MS = 1
const LONGEST_MS = 60_000

export const chain: Shape = (steps, draws) =>
  graphOf(
    'chain',
    steps,
    following(steps).map((step) => [step - 1, step]),
    draws,
  )

export const forkJoin: Shape = (steps, draws) => {
  const last = steps - 1
  const between = following(last)
  return graphOf('fork-join', steps, [...between.map((step) => [0, step] as const), ...between.map((step) => [step, last] as const)], draws)
}

export const outTree: Shape = (steps, draws) => graphOf('out-tree', steps, parents(steps), draws)

export const inTree: Shape = (steps, draws) =>
  graphOf(
    'in-tree',
    steps,
    parents(steps).map(([parent, child]) => [child, parent]),
    draws,
  )

export const lattice: Shape = (steps, draws) => {
  const side = Math.max(2, Math.floor(Math.sqrt(steps)))
  const links: Links = []
  for (let step = 0; step < side * side; step += 1) {
    if (step % side > 0) links.push([step - 1, step])
    if (step >= side) links.push([step - side, step])
  }
  return graphOf('lattice', side * side, links, draws)
}

export const diamonds: Shape = (steps, draws) => {
  const count = Math.max(1, Math.floor((steps - 1) / 3))
  const links: Links = []
  for (let top = 0; top < 3 * count; top += 3) links.push([top, top + 1], [top, top + 2], [top + 1, top + 3], [top + 2, top + 3])
  return graphOf('diamonds', 3 * count + 1, links, draws)
}

export const SHAPES: readonly Shape[] = [chain, forkJoin, outTree, inTree, lattice, diamonds]

/** All numbers below, but for the first. */
const following = (steps: number): readonly number[] => Array.from({ length: Math.max(0, steps - 1) }, (_, index) => index + 1)

const parents = (steps: number): Links => following(steps).map((child) => [Math.floor((child - 1) / ARITY), child])

const graphOf = (name: string, steps: number, links: TaskGraph['links'], draws: Prng): TaskGraph => ({
  name,
  ids: Array.from({ length: steps }, (_, step) => `s${step}`),
  durationsMs: Array.from({ length: steps }, () => draws.between(SHORTEST_MS, LONGEST_MS)),
  links,
  needs: new Map(),
})
