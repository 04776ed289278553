/** How many workflows of each facility are open, and how the others ended: counted as they change, so a view costs nothing. */
import type { Engine, Summary } from '../engine/index.ts'
import type { FacilityView } from './views.ts'

export type OutcomeCount = FacilityView['workflows']
type Outcome = keyof OutcomeCount

export class OutcomeCounts {
  readonly #outcomes = new Map<string, Outcome>()
  readonly #counts = new Map<string, Record<Outcome, number>>()

  /** @param onMoved told after each commit that moved a facility's counts */
  constructor(engine: Pick<Engine, 'summaries' | 'onCommitted'>, onMoved: (facility: string) => void = () => {}) {
    for (const summary of engine.summaries()) this.#count(summary)
    engine.onCommitted(({ summaries }) => {
      const moved = new Set(summaries.filter((summary) => this.#count(summary)).map(({ facility }) => facility))
      for (const facility of moved) onMoved(facility)
    })
  }

  of(facility: string): OutcomeCount {
    return { ...(this.#counts.get(facility) ?? NONE) }
  }

  /** True when the counts moved. */
  #count(summary: Summary): boolean {
    const { id, facility } = summary
    const outcome = outcomeOf(summary)
    const before = this.#outcomes.get(id)
    if (before === outcome) return false
    this.#outcomes.set(id, outcome)
    const counts = this.#counts.get(facility) ?? { ...NONE }
    this.#counts.set(facility, counts)
    counts[outcome] += 1
    if (before !== undefined) counts[before] -= 1
    return true
  }
}

const NONE: OutcomeCount = { open: 0, completed: 0, failed: 0, cancelled: 0 }

const outcomeOf = ({ status }: Summary): Outcome =>
  status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'open'
