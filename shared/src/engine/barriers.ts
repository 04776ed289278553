/**
 * Who has arrived at which barrier, over all workflows of a home. Drawn from what is wanted, so a new life finds all where they stood.
 *
 *   arrivals ──as many as the barrier has parties──▶ a meeting: one turn in which all of them go on, or none
 *
 * Steps that give another number of parties stand at another barrier. Whoever arrived first goes on first when there are too many.
 */
import type { WantedBarrier } from '../workflow/want.ts'

export interface Party {
  readonly workflow: string
  readonly ref: number
  readonly position: number
}

interface Arrival extends Party {
  readonly since: number
}

type Standing = readonly [barrier: string, party: string]

export class Barriers {
  /** By home, name and number of parties. */
  readonly #barriers = new Map<string, { readonly parties: number; readonly arrivals: Map<string, Arrival> }>()
  readonly #ofWorkflow = new Map<string, readonly Standing[]>()

  /** @returns the parties that can go on together now, of each barrier that this workflow came to or left */
  setWanted(workflow: string, home: string, wants: readonly WantedBarrier[]): readonly (readonly Party[])[] {
    const left = this.#ofWorkflow.get(workflow) ?? []
    if (left.length === 0 && wants.length === 0) return []
    for (const [barrier, party] of left) this.#leave(barrier, party)
    const arrived = wants.map((want) => this.#arrive(workflow, home, want))
    if (arrived.length > 0) this.#ofWorkflow.set(workflow, arrived)
    else this.#ofWorkflow.delete(workflow)
    return [...new Set([...left, ...arrived].map(([barrier]) => barrier))].flatMap((barrier) => this.#met(barrier))
  }

  #arrive(workflow: string, home: string, { ref, position, since, barrier, parties }: WantedBarrier): Standing {
    const standing: Standing = [JSON.stringify([home, barrier, parties]), `${workflow}.${ref}`]
    const at = this.#barriers.get(standing[0]) ?? { parties, arrivals: new Map() }
    at.arrivals.set(standing[1], { workflow, ref, position, since })
    this.#barriers.set(standing[0], at)
    return standing
  }

  #leave(barrier: string, party: string): void {
    const at = this.#barriers.get(barrier)
    at?.arrivals.delete(party)
    if (at?.arrivals.size === 0) this.#barriers.delete(barrier)
  }

  #met(barrier: string): readonly (readonly Party[])[] {
    const at = this.#barriers.get(barrier)
    if (at === undefined || at.arrivals.size < at.parties) return []
    return [[...at.arrivals.values()].sort(byArrival).slice(0, at.parties)]
  }
}

const byArrival = (a: Arrival, b: Arrival): number =>
  a.since - b.since || (a.workflow < b.workflow ? -1 : a.workflow > b.workflow ? 1 : a.ref - b.ref)
