/** What the coordinator shows of each facility: its link, and its workflows counted by outcome as they change. */
import type { ChildCondition, Engine } from '@holdfast/shared/engine'
import { type FacilityView, lineViewOf, OutcomeCounts } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import type { FacilityConfig } from './config.ts'

export class Facilities {
  readonly #known: readonly FacilityConfig[]
  readonly #clock: Clock
  readonly #condition: (gateway: string) => ChildCondition
  readonly #counts: OutcomeCounts
  readonly #listeners = new Set<(facility: FacilityView) => void>()

  constructor(known: readonly FacilityConfig[], engine: Engine, clock: Clock, condition: (gateway: string) => ChildCondition) {
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
    for (const facility of this.#known) if (facility.id === id) this.#tell(facility)
  }

  /** The line to this gateway came up or went down. */
  lineChanged(gateway: string): void {
    for (const facility of this.#known) if (facility.node === gateway) this.#tell(facility)
  }

  #tell(facility: FacilityConfig): void {
    const view = this.#view(facility)
    for (const listener of this.#listeners) listener(view)
  }

  #view({ id, title, node }: FacilityConfig): FacilityView {
    const condition = this.#condition(node)
    const { lastHeardAt } = condition
    const connected = condition.state === 'live'
    const lagMs = connected || lastHeardAt === undefined ? undefined : Math.max(0, this.#clock.now().wall - lastHeardAt)
    return {
      id,
      title,
      connected,
      workflows: this.#counts.of(id),
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
      pendingUpdates: condition.pending,
      ...(connected ? { lagMs: 0 } : lagMs === undefined ? {} : { lagMs }),
      line: lineViewOf(condition),
    }
  }
}
