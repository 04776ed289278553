/** What the coordinator shows of each facility: its link, and its workflows counted by outcome as they change. */
import type { Engine } from '@holdfast/shared/engine'
import { type FacilityView, OutcomeCounts } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import type { FacilityConfig } from './config.ts'
import type { LinkCondition } from './hub/hub.ts'

export class Facilities {
  readonly #known: readonly FacilityConfig[]
  readonly #clock: Clock
  readonly #condition: (facility: string) => LinkCondition
  readonly #counts: OutcomeCounts
  readonly #listeners = new Set<(facility: FacilityView) => void>()

  constructor(known: readonly FacilityConfig[], engine: Engine, clock: Clock, condition: (facility: string) => LinkCondition) {
    this.#known = known
    this.#clock = clock
    this.#condition = condition
    this.#counts = new OutcomeCounts(engine, (facility) => this.changed(facility))
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

  #view({ id, title }: FacilityConfig): FacilityView {
    const { connected, lastHeardAt, pending } = this.#condition(id)
    const lagMs = connected || lastHeardAt === undefined ? undefined : Math.max(0, this.#clock.now().wall - lastHeardAt)
    return {
      id,
      title,
      connected,
      workflows: this.#counts.of(id),
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
      ...(pending === undefined ? {} : { pendingUpdates: pending }),
      ...(connected ? { lagMs: 0 } : lagMs === undefined ? {} : { lagMs }),
    }
  }
}
