import * as z from 'zod'
import { json, refusalFields } from './fields.ts'

const outcome = z.union([z.strictObject({ result: json }), z.strictObject({ refusal: refusalFields })])

/** The answer to the call of the same number, given once. */
export const reply = z.strictObject({ type: z.literal('reply'), n: z.int().min(0), outcome })
export type Reply = z.infer<typeof reply>
