/** The limits of a node as the API sees them, over its engine. Breakers are told by home documents, so any copy knows them; who holds what, only the authority. */
import { urgency } from '../allocation/queue.ts'
import type { BreakerSpec } from '../definition/definition.ts'
import { breakerName } from '../engine/breakers.ts'
import { capacityOf, poolName } from '../engine/claims.ts'
import type { Engine } from '../engine/engine.ts'
import type { BreakerRecord } from '../engine/roster.ts'
import { demandsIn } from '../engine/unmet.ts'
import type { Clock } from '../ports/clock.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { parseTaskId } from '../workflow/attempt.ts'
import type { WantedBegin } from '../workflow/want.ts'
import type { BreakerView, ResourceView } from './limit-views.ts'

export interface LimitsApi {
  breakers(): Promise<readonly BreakerView[]>
  /** Closes one; refused where this node is not the facility's authority. */
  reset(facility: string, breaker: string, by: string): Promise<Result<unknown, Refusal>>
  resources(): readonly ResourceView[]
}

export const limitsOf = (engine: Engine, clock: Clock, homes: () => readonly string[]): LimitsApi => ({
  breakers: async () => (await Promise.all(homes().map((home) => breakersAt(engine, home)))).flat(),
  reset: (home, breaker, by) => engine.submit({ kind: 'reset-breaker', home, breaker, by }),
  resources: () => resources(engine, clock.now().wall),
})

const breakersAt = async (engine: Engine, home: string): Promise<readonly BreakerView[]> => {
  const roster = await engine.roster(home)
  const records = roster.ok ? roster.value.state?.breakers : undefined
  const names = new Set([...defined(engine).keys(), ...(records?.keys() ?? [])])
  return [...names].toSorted().map((name) => breakerOf(home, name, records?.get(name)))
}

const defined = (engine: Engine): ReadonlyMap<string, BreakerSpec> => {
  const demands = engine.catalogue.all().flatMap(({ steps }) => demandsIn(steps))
  return new Map(
    demands.flatMap((demand) => (demand.breaker === undefined ? [] : [[breakerName(demand, demand.breaker), demand.breaker] as const])),
  )
}

const breakerOf = (facility: string, name: string, record: BreakerRecord | undefined): BreakerView => {
  if (record === undefined) return { facility, name, state: 'closed', opened: 0, explain: EXPLAIN.closed }
  const { state, since, until, opened } = record
  return { facility, name, state, since, opened, explain: EXPLAIN[state], ...(state === 'open' ? { until } : {}) }
}

const EXPLAIN: Readonly<Record<BreakerView['state'], string>> = {
  closed: 'It is begun as usual.',
  open: 'It kept failing and is not begun: what comes fails at once with circuit-open, until one may be tried.',
  'half-open': 'One at a time is tried; what else comes fails at once with circuit-open.',
}

interface Waiter {
  readonly workflow: string
  readonly begin: WantedBegin
}

const resources = (engine: Engine, wallNow: number): readonly ResourceView[] => {
  const { ledger, limits } = engine.admission
  const waiting = [...engine.admission.begins(), ...engine.dispatch.offers()].filter(({ begin }) => begin.awaiting !== undefined)
  const byName = Map.groupBy(waiting, ({ begin }) => begin.awaiting)
  const waitersOf = (name: string): ResourceView['waiters'] =>
    (byName.get(name) ?? []).toSorted((a, b) => urgency(a.begin) - urgency(b.begin)).map((each) => waiterOf(engine, each, wallNow))
  const pools = [...new Set([...Object.keys(limits.resources), ...ledger.pools()])].toSorted()
  const shown = pools.map((pool) => {
    const holders = ledger.holders(pool).map(({ id, name, amount }) => ({ workflow: parseTaskId(id)?.workflow ?? id, name, amount }))
    const capacity = ledger.capacity(pool) ?? capacityOf(limits, pool)
    return { name: pool, capacity, held: ledger.held(pool), holders, waiters: waitersOf(poolName(pool)) }
  })
  const named = new Set(pools.map(poolName))
  const others = [...byName.keys()].flatMap((name) => (name === undefined || named.has(name) ? [] : [name]))
  return [...shown, ...others.map((name) => ({ name, held: 0, holders: [], waiters: waitersOf(name) }))]
}

const waiterOf = (engine: Engine, { workflow, begin: { since, demand } }: Waiter, wallNow: number): ResourceView['waiters'][number] => {
  const key = engine.admission.owner(workflow)?.key ?? workflow
  const starving = wallNow - since >= engine.admission.limits.starvingMs
  return { workflow, name: `${key}/${demand.name.split(':')[1] ?? ''}`, since, starving }
}
