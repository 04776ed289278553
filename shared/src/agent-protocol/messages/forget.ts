/** The task is not this agent's any more, or unknown: work on it stops, and its result is wanted by nobody. */
import { z } from 'zod'
import { taskWord } from './words.ts'

export const forget = z.strictObject({ type: z.literal('forget'), task: taskWord })
export type Forget = z.infer<typeof forget>
