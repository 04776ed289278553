/** The result is durable with the gateway: the agent need not send it again. */
import { z } from 'zod'
import { taskWord } from './words.ts'

export const recorded = z.strictObject({ type: z.literal('recorded'), task: taskWord })
export type Recorded = z.infer<typeof recorded>
