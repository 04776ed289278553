/** What the coordinator shows of each facility: its link, and its workflows counted by outcome as they change. */
import type { ChildCondition, Engine } from '@holdfast/shared/engine'
import { type FacilityView, lineViewOf, OutcomeCounts } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import { type FacilityConfig, gatewaysOf } from './config.ts'

export interface FacilitiesParts {
  readonly known: readonly FacilityConfig[]
  readonly engine: Engine
  readonly clock: Clock
  readonly condition: (gateway: string) => ChildCondition
  /** Documents whose copies here and there hold the same items with other content. */
  readonly forked: (facility: string) => readonly string[]
  /** The gateway that runs a facility at this moment. */
  readonly holderOf: (facility: string) => string | undefined
}

export class Facilities {
  readonly #parts: FacilitiesParts
  readonly #counts: OutcomeCounts
  readonly #listeners = new Set<(facility: FacilityView) => void>()

  constructor(parts: FacilitiesParts) {
    this.#parts = parts
    this.#counts = new OutcomeCounts(parts.engine, (facility) => this.changed(facility))
  }

  views(): readonly FacilityView[] {
    return this.#parts.known.map((facility) => this.#view(facility))
  }

  readonly onChange = (listener: (facility: FacilityView) => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(id: string): void {
    for (const facility of this.#parts.known) if (facility.id === id) this.#tell(facility)
  }

  /** The line to this gateway came up or went down. */
  lineChanged(gateway: string): void {
    for (const facility of this.#parts.known) if (gatewaysOf(facility).some(({ node }) => node === gateway)) this.#tell(facility)
  }

  #tell(facility: FacilityConfig): void {
    const view = this.#view(facility)
    for (const listener of this.#listeners) listener(view)
  }

  #view({ id, title, node }: FacilityConfig): FacilityView {
    const { clock, condition: conditionOf, holderOf } = this.#parts
    const condition = conditionOf(holderOf(id) ?? node)
    const { lastHeardAt } = condition
    const connected = condition.state === 'live'
    const lagMs = connected || lastHeardAt === undefined ? undefined : Math.max(0, clock.now().wall - lastHeardAt)
    return {
      id,
      title,
      connected,
      workflows: this.#counts.of(id),
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
      pendingUpdates: condition.pending,
      ...(connected ? { lagMs: 0 } : lagMs === undefined ? {} : { lagMs }),
      line: lineViewOf(condition, { forked: this.#parts.forked(id) }),
    }
  }
}
