/** What the API shows of a conflict: complete enough to be shown to an operator as it is. */
import { z } from '@hono/zod-openapi'
import type { Json } from '../values/json.ts'

const moment = z.number().int().openapi({ description: 'milliseconds since 1970' })
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()
const anyJson = z.custom<Json>((value) => value !== undefined).openapi({ type: 'object', description: 'all that the rule went by' })

const optionView = z.object({ option: z.string(), effect: z.string(), consequence: z.string() })

export const conflictView = z
  .object({
    id: z.string().optional(),
    kind: z.enum(['resource', 'temporal', 'data', 'safety']),
    rule: z.string(),
    version: z.number().int().optional().openapi({ description: 'of the rule' }),
    severity: z.enum(['info', 'warning', 'critical']).optional(),
    parties: list(z.string()),
    inputs: anyJson.optional(),
    options: list(z.string()),
    outcomes: list(optionView).optional().openapi({ description: 'what each option leads to' }),
    choice: z.string().openapi({ description: '`ask` where a person chooses' }),
    strategy: z.string().optional().openapi({ description: 'how it was settled by itself' }),
    tried: list(z.string()).optional().openapi({ description: 'strategies that had found no way, and why' }),
    explanation: z.string(),
    queue: z.string().optional(),
    role: z.string().optional().openapi({ description: 'whoever settles it must have it' }),
    settled: z.object({ option: z.string(), comment: z.string(), by: z.string(), at: moment }).optional(),
    at: moment,
  })
  .openapi('ConflictView')

/** A conflict with the workflow in whose log it stands. */
export const conflictCase = z
  .object({
    id: z.string(),
    workflow: z.string(),
    facility: z.string(),
    key: z.string(),
    title: z.string(),
    definition: z.string(),
    open: z.boolean().openapi({ description: 'a person is still to choose' }),
    conflict: conflictView,
  })
  .openapi('ConflictCase')
export type ConflictCase = z.infer<typeof conflictCase>
