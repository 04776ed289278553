/** What the API shows of limits: breakers, and what there is only so much of, with who holds it and who waits for it. */
import { z } from '@hono/zod-openapi'

const count = z.number().int().nonnegative()
const moment = z.number().int()

export const breakerView = z
  .object({
    facility: z.string(),
    name: z.string().openapi({ example: 'order:pay' }),
    state: z.enum(['closed', 'open', 'half-open']),
    /** Absent where it never opened. */
    since: moment.optional(),
    until: moment.optional().openapi({ description: 'when it is tried again' }),
    opened: count.openapi({ description: 'how often it has opened' }),
    explain: z.string(),
  })
  .openapi('CircuitBreaker')
export type BreakerView = z.infer<typeof breakerView>

const holder = z.object({ workflow: z.string(), name: z.string().openapi({ example: 'order-17/unload' }), amount: count })
const waiter = z.object({
  workflow: z.string(),
  name: z.string(),
  since: moment,
  starving: z.boolean().openapi({ description: 'it has waited longer than the facility finds bearable' }),
})

export const resourceView = z
  .object({
    name: z.string().openapi({ example: 'dock' }),
    /** Absent of a rate, which is given by time. */
    capacity: count.optional(),
    held: count,
    holders: z.array(holder).readonly(),
    waiters: z.array(waiter).readonly().openapi({ description: 'most urgent first' }),
  })
  .openapi('Resource')
export type ResourceView = z.infer<typeof resourceView>
