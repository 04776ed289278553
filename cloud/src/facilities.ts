/** What the coordinator shows of each facility: its link, and its workflows counted by outcome as they change. */
import type { Engine, Summary } from '@holdfast/shared/engine'
import type { FacilityView } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import type { FacilityConfig } from './config.ts'
import type { LinkCondition } from './hub/hub.ts'

type Outcome = keyof FacilityView['workflows']

const outcomeOf = ({ status }: Summary): Outcome =>
  status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'open'

export class Facilities {
  readonly #known: readonly FacilityConfig[]
  readonly #clock: Clock
  readonly #condition: (facility: string) => LinkCondition
  readonly #outcomes = new Map<string, { readonly facility: string; readonly outcome: Outcome }>()
  readonly #counts = new Map<string, Record<Outcome, number>>()
  readonly #listeners = new Set<(facility: FacilityView) => void>()

  constructor(known: readonly FacilityConfig[], engine: Engine, clock: Clock, condition: (facility: string) => LinkCondition) {
    this.#known = known
    this.#clock = clock
    this.#condition = condition
    for (const summary of engine.summaries()) this.#count(summary)
    engine.onCommitted(({ summaries }) => {
      const moved = new Set(summaries.filter((summary) => this.#count(summary)).map(({ facility }) => facility))
      for (const facility of moved) this.changed(facility)
    })
  }

  views(): readonly FacilityView[] {
    return this.#known.map((facility) => this.#view(facility))
  }

  readonly onChange = (listener: (facility: FacilityView) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(id: string): void {
    const facility = this.#known.find((each) => each.id === id)
    if (facility === undefined) return
    const view = this.#view(facility)
    for (const listener of this.#listeners) listener(view)
  }

  /** True when the counts moved. */
  #count(summary: Summary): boolean {
    const { id, facility } = summary
    const outcome = outcomeOf(summary)
    const before = this.#outcomes.get(id)
    if (before?.outcome === outcome) return false
    this.#outcomes.set(id, { facility, outcome })
    const counts = this.#counts.get(facility) ?? { open: 0, completed: 0, failed: 0, cancelled: 0 }
    this.#counts.set(facility, counts)
    counts[outcome] += 1
    if (before !== undefined) counts[before.outcome] -= 1
    return true
  }

  #view({ id, title }: FacilityConfig): FacilityView {
    const { connected, lastHeardAt, pending } = this.#condition(id)
    const lagMs = connected || lastHeardAt === undefined ? undefined : Math.max(0, this.#clock.now().wall - lastHeardAt)
    return {
      id,
      title,
      connected,
      workflows: { ...(this.#counts.get(id) ?? { open: 0, completed: 0, failed: 0, cancelled: 0 }) },
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
      ...(pending === undefined ? {} : { pendingUpdates: pending }),
      ...(connected ? { lagMs: 0 } : lagMs === undefined ? {} : { lagMs }),
    }
  }
}
