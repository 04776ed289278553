/**
 * What an attempt claims: every countable limit is a pool of the ledger, so that resources, their shares and places at work are taken
 * together or not at all.
 *
 *   dock                       what its step needs          capacity by the node's limits, 0 where they don't name it
 *   dock (workflow w_1)        its share of that            by the quotas
 *   steps · steps:task · steps w_1     a place at work      in all · of this type · of this workflow
 *   workflows                  a place under way            for a workflow as a whole
 */
import type { Claim } from '../allocation/ledger.ts'
import type { Demand } from '../definition/compiled.ts'
import { type QuotaOwner, sharesOf } from '../policy/quota.ts'
import type { Limits } from './limits.ts'

export const claimsOf = (limits: Limits, owner: QuotaOwner, demand: Demand): readonly Claim[] => [
  ...demand.needs.flatMap(({ resource, amount }) => [
    { pool: resource, amount, capacity: capacityOf(limits, resource) },
    ...sharesOf(limits.quotas, owner, resource).map((share) => ({ pool: `${resource} (${share.of})`, amount, capacity: share.amount })),
  ]),
  ...places(limits, owner, demand),
]

const places = ({ concurrency }: Limits, { workflow }: QuotaOwner, { type, concurrency: ofWorkflow }: Demand): readonly Claim[] => [
  ...place('steps', concurrency.total),
  ...place(`steps:${type}`, concurrency.byType[type]),
  ...place(`steps ${workflow}`, ofWorkflow),
]

const place = (pool: string, capacity: number | undefined): readonly Claim[] =>
  capacity === undefined ? [] : [{ pool, amount: 1, capacity }]

export const capacityOf = ({ resources }: Limits, resource: string): number =>
  Object.hasOwn(resources, resource) ? (resources[resource] ?? 0) : 0

export const underWayClaims = ({ workflows }: Limits): readonly Claim[] => place('workflows', workflows.atOnce)

/** A pool in the words of whoever waits for it. */
export const poolName = (pool: string): string => {
  if (pool === 'workflows') return 'a place among the workflows under way'
  if (pool === 'steps') return 'a place among the steps at work'
  if (pool.startsWith('steps:')) return `a place among the ${pool.slice('steps:'.length)} steps at work`
  return pool.startsWith('steps ') ? 'a place among the steps at work in this workflow' : pool
}
