/**
 * A task graph: steps that take a known time, and links that say what waits for what. What can be said of it without running it:
 *
 *   critical path   when everybody could be at work at once, the moment of the last end; exactly the makespan with unlimited agents
 *   longest path    the longest way from an entry to an end; the critical path where every join waits for all
 *   work            what one agent alone would take
 *   Graham's bound  (2 − 1/m) · max(longest path, work / m): whoever never leaves an agent idle while a step waits stays below it
 *                   (Graham, Bounds on Multiprocessing Timing Anomalies, 1969)
 */
import { orderOf } from '@holdfast/shared/definition'

export interface TaskGraph {
  readonly name: string
  readonly ids: readonly string[]
  /** Whole milliseconds, one for each step. */
  readonly durationsMs: readonly number[]
  readonly links: readonly (readonly [from: number, to: number])[]
  /** How many of a step's sources it waits for, where it is not all of them. */
  readonly needs: ReadonlyMap<number, number>
}

export const workOf = ({ durationsMs }: TaskGraph): number => durationsMs.reduce((sum, durationMs) => sum + durationMs, 0)

/** @throws RangeError on a graph with a cycle */
export const criticalPathOf = (graph: TaskGraph): number =>
  lastEnd(graph, (ends, needed) => ends.toSorted((one, other) => one - other)[needed - 1] ?? 0)

/** @throws RangeError on a graph with a cycle */
export const longestPathOf = (graph: TaskGraph): number => lastEnd(graph, (ends) => Math.max(...ends))

export const grahamBound = (graph: TaskGraph, agents: number): number =>
  (2 - 1 / agents) * Math.max(longestPathOf(graph), workOf(graph) / agents)

/** @param startOf when a step begins, of the ends of its sources and how many of them it needs */
const lastEnd = (graph: TaskGraph, startOf: (ends: readonly number[], needed: number) => number): number => {
  const sources = Map.groupBy(graph.links, ([, to]) => to)
  const ends = new Float64Array(graph.ids.length)
  for (const step of inOrder(graph)) {
    const before = (sources.get(step) ?? []).map(([from]) => ends[from] ?? 0)
    const start = before.length === 0 ? 0 : startOf(before, graph.needs.get(step) ?? before.length)
    ends[step] = start + (graph.durationsMs[step] ?? 0)
  }
  return ends.reduce((latest, end) => Math.max(latest, end), 0)
}

const inOrder = ({ ids, links }: TaskGraph): Uint32Array => {
  const from = Uint32Array.from(links, ([source]) => source)
  const to = Uint32Array.from(links, ([, target]) => target)
  const { order } = orderOf(ids.length, from, to)
  if (order.length < ids.length) throw new RangeError('a task graph has no cycles')
  return order
}
