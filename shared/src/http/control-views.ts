/** What the API shows of checkpoints, and of what people are asked. */
import { z } from '@hono/zod-openapi'

const moment = z.number().int().openapi({ description: 'milliseconds since 1970' })
const count = z.number().int().nonnegative()
const errorView = z.object({ code: z.string(), message: z.string() })
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()
const anyJson = z.unknown().openapi({ type: 'object', description: 'the state as the engine keeps it' })

export const checkpointView = z
  .object({ name: z.string(), at: moment, position: count.openapi({ description: 'entries in the log when it was made' }) })
  .openapi('CheckpointView')

export const checkpointDetail = checkpointView
  .extend({
    state: anyJson,
    agents: list(z.object({ agent: z.string(), step: z.string(), task: z.string(), status: z.string() })),
    resources: list(z.object({ resource: z.string(), amount: z.number(), step: z.string() })),
  })
  .openapi('CheckpointDetail')
export type CheckpointDetail = z.infer<typeof checkpointDetail>

/** Which workflow asks. */
const asker = {
  workflow: z.string(),
  facility: z.string(),
  key: z.string(),
  title: z.string(),
  definition: z.string(),
  step: z.string(),
  since: moment,
}

export const approvalView = z
  .object({
    ...asker,
    queue: z.string(),
    role: z.string().optional().openapi({ description: 'whoever answers must have it' }),
    needed: count,
    given: list(z.string()).openapi({ description: 'who has answered so far' }),
  })
  .openapi('ApprovalView')
export type ApprovalView = z.infer<typeof approvalView>

export const reviewView = z.object({ ...asker, queue: z.string(), error: errorView.optional() }).openapi('ReviewView')
export type ReviewView = z.infer<typeof reviewView>

export const deadLetterView = z
  .object({
    ...asker,
    error: errorView.optional(),
    attempts: list(z.object({ attempt: count, at: moment, agent: z.string().optional(), error: errorView })).openapi({
      description: 'every attempt that failed, oldest first',
    }),
  })
  .openapi('DeadLetterView')
export type DeadLetterView = z.infer<typeof deadLetterView>
