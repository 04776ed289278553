/** The agent won't do this task: full, incapable, closing, or a task it was once told to stop or forget. */
import { z } from 'zod'
import { sentence, taskWord } from './words.ts'

export const decline = z.strictObject({ type: z.literal('decline'), task: taskWord, reason: sentence })
export type Decline = z.infer<typeof decline>
