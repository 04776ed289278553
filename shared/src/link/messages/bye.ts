import * as z from 'zod'
import { refusalFields } from './fields.ts'

/** The last message before a close: the reason in full, since close frames carry little and proxies drop them. */
export const bye = z.strictObject({ type: z.literal('bye'), code: z.int().min(1000).max(4999), reason: refusalFields })
