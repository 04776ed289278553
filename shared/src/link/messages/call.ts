import * as z from 'zod'
import { json, name } from './fields.ts'

/** A question outside the feeds, about a home of this session. Each end counts its own calls, from 0 in each session. */
export const call = z.strictObject({ type: z.literal('call'), n: z.int().min(0), home: name, kind: z.string().min(1).max(64), body: json })
export type Call = z.infer<typeof call>
