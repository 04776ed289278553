/** Stop working on a task. Answered by `stopped`, or by `result` if the work was finished first. */
import { z } from 'zod'
import { sentence, taskWord } from './words.ts'

export const stop = z.strictObject({ type: z.literal('stop'), task: taskWord, reason: sentence })
export type Stop = z.infer<typeof stop>
