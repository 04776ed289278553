import * as z from 'zod'

/** The answer to the `ping` of the same number. */
export const pong = z.strictObject({ type: z.literal('pong'), n: z.int().min(0) })
