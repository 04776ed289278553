/**
 * What an author says of how much at once, how often, and by when.
 *
 *   needs: [{ resource: dock }]                 amount: 1
 *   rate: { perSecond: 5 }                      burst: 1
 *   breaker: {}                                 opens at five failures in a row, for 30 s, closes after two successes, one for each step
 *   sla: { atRiskMs: 5m, breachMs: 10m }        counted from when a step became ready, a workflow was created
 */
import { z } from 'zod'
import { duration } from './durations.ts'
import { id, strict } from './schema-parts.ts'

const MAX_AMOUNT = 1_000_000
const MAX_NEEDS = 16

const need = strict({ resource: id, amount: z.int().min(1).max(MAX_AMOUNT).default(1) })

const needs = z
  .array(need)
  .min(1)
  .max(MAX_NEEDS)
  .readonly()
  .refine((all) => new Set(all.map(({ resource }) => resource)).size === all.length, { error: 'names a resource twice' })

const PER_SECOND = 'expected 0.001 to 1000, with at most three digits behind the point'

const hasThreeDigits = (perSecond: number): boolean => Math.abs(perSecond * 1_000 - Math.round(perSecond * 1_000)) < 1e-9

export const rate = strict({
  perSecond: z.number({ error: PER_SECOND }).min(0.001, { error: PER_SECOND }).max(1_000, { error: PER_SECOND }).refine(hasThreeDigits, {
    error: PER_SECOND,
  }),
  burst: z.int().min(1).max(100_000).default(1),
})

const failuresInARow = strict({ failures: z.int().min(1).max(1_000) })
const shareOfLatest = strict({
  share: z.number().gt(0).max(1),
  of: z.int().min(2).max(1_000).default(10),
  windowMs: duration(1).default(60_000),
})

const breaker = strict({
  threshold: z.union([failuresInARow, shareOfLatest], { error: 'expected {failures} or {share, of, windowMs}' }).default({ failures: 5 }),
  openMs: duration(1).default(30_000),
  successes: z.int().min(1).max(100).default(2),
  per: z.enum(['step', 'work']).default('step'),
})

export const sla = strict({ atRiskMs: duration(1).exactOptional(), breachMs: duration(1) }).refine(
  ({ atRiskMs, breachMs }) => atRiskMs === undefined || atRiskMs < breachMs,
  { error: 'must be at risk before it is breached' },
)

export const limits = strict({ concurrency: z.int().min(1).max(100_000).exactOptional() })

/** Of whatever somebody or something carries out. */
export const limited = { needs: needs.exactOptional(), rate: rate.exactOptional() }
/** What undoes must be tried even when it has failed often, so a compensation has no breaker. */
export const breakable = { ...limited, breaker: breaker.exactOptional() }
