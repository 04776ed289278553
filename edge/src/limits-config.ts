/** What a facility limits by itself, in its gateway's configuration file. Durations are milliseconds. */
import { NO_LIMITS } from '@holdfast/shared/engine'
import { z } from 'zod'

const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a-z, 0-9, _ and -')
const count = z.number().int().positive().max(1_000_000)
const kind = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}(:[a-z0-9_-]{1,64})?$/, 'must be a step type, or a step type, a colon, and what it asks for')
const thousandths = (perSecond: number): boolean => Math.abs(perSecond * 1_000 - Math.round(perSecond * 1_000)) < 1e-9

const rate = z.strictObject({
  perSecond: z.number().min(0.001).max(1_000).refine(thousandths, 'must have at most three digits behind the point'),
  burst: count.default(1),
})

const quota = z.strictObject({ resource: id, per: z.enum(['workflow', 'facility', 'tenant']), amount: count })

export const limitsConfig = z
  .strictObject({
    concurrency: z.strictObject({ total: count.exactOptional(), byType: z.record(id, count).default({}) }).prefault({}),
    workflows: z.strictObject({ atOnce: count.exactOptional(), waiting: z.number().int().nonnegative().exactOptional() }).prefault({}),
    resources: z.record(id, z.number().int().nonnegative().max(1_000_000)).default({}),
    quotas: z.array(quota).default([]),
    rates: z.record(kind, rate).default({}),
    /** Names of principals. */
    tenants: z.record(id, z.array(id)).default({}),
    patienceMs: z.number().int().nonnegative().default(NO_LIMITS.patienceMs),
    starvingMs: z.number().int().positive().default(NO_LIMITS.starvingMs),
  })
  .superRefine(({ resources, quotas, tenants, workflows }, context) => {
    const wrong = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message })
    quotas.forEach(({ resource }, place) => {
      if (!Object.hasOwn(resources, resource)) wrong(['quotas', place, 'resource'], `names no resource of this facility: ${resource}`)
    })
    const seen = new Map<string, string>()
    for (const [tenant, members] of Object.entries(tenants)) {
      for (const [place, member] of members.entries()) {
        const other = seen.get(member)
        if (other !== undefined) wrong(['tenants', tenant, place], `${member} belongs to tenant ${other} already`)
        seen.set(member, tenant)
      }
    }
    if (workflows.waiting !== undefined && workflows.atOnce === undefined)
      wrong(['workflows', 'waiting'], 'says nothing while any number of workflows may be under way: set atOnce')
  })
