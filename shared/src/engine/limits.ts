/** What a node limits by itself, beside what definitions say. Without any of it, nothing waits but for agents. */
import type { Quota } from '../policy/quota.ts'
import type { RatePolicy } from '../policy/rate.ts'
import type { Gates } from '../workflow/gates.ts'

export interface Limits {
  /** Attempts at work at once: in all, and of each step type. */
  readonly concurrency: { readonly total?: number; readonly byType: { readonly [type: string]: number } }
  /** Workflows under way at once; further ones wait, and when so many wait already, more are refused. */
  readonly workflows: { readonly atOnce?: number; readonly waiting?: number }
  /** How much there is of each. What a step needs and is not named here, there is nothing of. */
  readonly resources: { readonly [resource: string]: number }
  readonly quotas: readonly Quota[]
  /** By step type (`task`), or by that and what is asked for (`task:pick`). */
  readonly rates: { readonly [kind: string]: RatePolicy }
  /** The people and programs whose workflows count as one tenant's. */
  readonly tenants: { readonly [tenant: string]: readonly string[] }
  /** Whoever has waited so long keeps what it needs from the less urgent. */
  readonly patienceMs: number
  /** Whoever has waited so long is reported. */
  readonly starvingMs: number
}

export const NO_LIMITS: Limits = {
  concurrency: { byType: {} },
  workflows: {},
  resources: {},
  quotas: [],
  rates: {},
  tenants: {},
  patienceMs: 10_000,
  starvingMs: 300_000,
}

/** What follows for decisions: which beginnings have to be asked for. */
export const gatesOf = ({ concurrency, workflows, rates }: Limits): Gates => ({
  calls: concurrency.total !== undefined || Object.keys(concurrency.byType).length > 0 || Object.keys(rates).length > 0,
  starts: workflows.atOnce !== undefined,
})

export const tenantOf = ({ tenants }: Limits, who: string): string | undefined =>
  Object.keys(tenants).find((tenant) => tenants[tenant]?.includes(who))
