/** How many workflows of each facility are open, and how the others ended, as its view shows it. */
import type { Engine } from '../engine/engine.ts'
import type { FacilityView } from './views.ts'

export type OutcomeCount = FacilityView['workflows']

export class OutcomeCounts {
  readonly #engine: Pick<Engine, 'countsOf' | 'onCommitted'>
  readonly #told = new Map<string, OutcomeCount>()

  /** @param onMoved told after each commit that moved a facility's counts */
  constructor(engine: Pick<Engine, 'countsOf' | 'onCommitted'>, onMoved: (facility: string) => void = () => {}) {
    this.#engine = engine
    engine.onCommitted(({ summaries }) => {
      for (const facility of new Set(summaries.map((summary) => summary.facility))) if (this.#hasMoved(facility)) onMoved(facility)
    })
  }

  of(facility: string): OutcomeCount {
    return { ...this.#engine.countsOf(facility) }
  }

  #hasMoved(facility: string): boolean {
    const counts = this.#engine.countsOf(facility)
    if (this.#told.get(facility) === counts) return false
    this.#told.set(facility, counts)
    return true
  }
}
