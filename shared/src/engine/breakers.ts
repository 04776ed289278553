/**
 * The breakers of this node's homes. Their counts are memory; that one opened, is tried or closed is an event of the home document, from
 * which a new life begins, and which any copy can read.
 *
 * A breaker is known by ⟨home⟩ and a name: ⟨definition⟩:⟨step⟩, or ⟨type⟩:⟨capability or function⟩ where it stands for all such work.
 */
import type { Demand } from '../definition/compiled.ts'
import type { BreakerSpec } from '../definition/definition.ts'
import { askBreaker, type Breaker, CLOSED, stepBreaker } from '../policy/breaker.ts'
import type { KnownEvent } from '../workflow/event.ts'
import { Overlay } from './overlay.ts'
import type { BreakerRecord } from './roster.ts'

export const breakerName = ({ name, type, work }: Demand, { per }: BreakerSpec): string => (per === 'step' ? name : `${type}:${work}`)

export interface BreakerNews {
  readonly home: string
  readonly event: KnownEvent
  readonly by: string
}

export class Breakers {
  readonly #breakers = new Map<string, Breaker>()

  /** Takes up what the home document tells; of trials under way nothing is known any more. */
  restore(home: string, records: Iterable<readonly [string, BreakerRecord]>): void {
    for (const [name, { state, until }] of records) this.#breakers.set(keyOf(home, name), restored(state, until))
  }

  turn(): BreakerTurn {
    return new BreakerTurn(new Overlay(this.#breakers))
  }
}

/** The breakers as one turn sees and moves them. */
export class BreakerTurn {
  readonly #breakers: Overlay<Breaker>
  /** Who moved which; a person's reset is told as that person's. */
  readonly #movers = new Map<string, string>()

  constructor(breakers: Overlay<Breaker>) {
    this.#breakers = breakers
  }

  allows(home: string, demand: Demand, now: number): boolean {
    const { breaker } = demand
    return breaker === undefined || askBreaker(breaker, this.#of(home, demand, breaker), now).allowed
  }

  /** It was allowed, and begins. */
  begin(home: string, demand: Demand, now: number): void {
    if (demand.breaker !== undefined) this.#move(home, demand, demand.breaker, 'asked', now)
  }

  ended(home: string, demand: Demand, outcome: 'succeeded' | 'failed', now: number): void {
    if (demand.breaker !== undefined) this.#move(home, demand, demand.breaker, outcome, now)
  }

  #of(home: string, demand: Demand, spec: BreakerSpec): Breaker {
    return this.#breakers.get(keyOf(home, breakerName(demand, spec))) ?? CLOSED
  }

  #move(home: string, demand: Demand, spec: BreakerSpec, event: 'asked' | 'succeeded' | 'failed', now: number): void {
    const before = this.#of(home, demand, spec)
    const after = stepBreaker(spec, before, event, now)
    if (after !== before) this.#breakers.set(keyOf(home, breakerName(demand, spec)), after)
  }

  reset(home: string, name: string, by: string): void {
    this.#breakers.set(keyOf(home, name), CLOSED)
    this.#movers.set(keyOf(home, name), by)
  }

  /** What the home document has to be told. */
  *news(): Generator<BreakerNews> {
    for (const [key, breaker] of this.#breakers.changed()) {
      const before = this.#breakers.before(key) ?? CLOSED
      const [home = '', breakerName = ''] = key.split('/')
      const by = this.#movers.get(key) ?? 'breaker'
      if (breaker.state !== before.state || until(breaker) !== until(before)) yield { home, event: eventOf(breakerName, breaker), by }
    }
  }

  keep(): void {
    this.#breakers.keep()
  }
}

/** No home's name holds a slash. */
const keyOf = (home: string, name: string): string => `${home}/${name}`

const until = (breaker: Breaker): number | undefined => (breaker.state === 'open' ? breaker.until : undefined)

const eventOf = (name: string, breaker: Breaker): KnownEvent => {
  switch (breaker.state) {
    case 'closed':
      return { type: 'breaker-closed', breaker: name }
    case 'open':
      return { type: 'breaker-opened', breaker: name, until: breaker.until }
    case 'half-open':
      return { type: 'breaker-half-opened', breaker: name }
  }
}

const restored = (state: Breaker['state'], openUntil: number): Breaker => {
  switch (state) {
    case 'closed':
      return CLOSED
    case 'open':
      return { state, until: openUntil }
    case 'half-open':
      return { state, successes: 0 }
  }
}
