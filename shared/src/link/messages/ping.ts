import * as z from 'zod'

/** A sign of life, sent by both ends at a steady pace. */
export const ping = z.strictObject({ type: z.literal('ping'), n: z.int().min(0) })
