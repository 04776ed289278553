/**
 * Which beginnings have to be asked for. A step that nothing limits begins by itself, in the entry that made it ready; one that may be
 * limited stays ready, is wanted as a beginning, and begins by the act `begin` of whoever keeps the limits.
 */
import type { Demand } from '../definition/compiled.ts'

/** What the node that decides limits by itself, whatever definitions say. */
export interface Gates {
  /** Every call has to be asked for. */
  readonly calls: boolean
  /** So has the start of a workflow. */
  readonly starts: boolean
}

export const NO_GATES: Gates = { calls: false, starts: false }

/** Tasks are always asked for: an agent has to be found anyway. */
export const isGated = (demand: Demand | undefined, gates: Gates): demand is Demand => demand !== undefined && (demand.gated || gates.calls)
