/** The agent works on the task from now on; sent again when the same offer comes again. */
import { z } from 'zod'
import { taskWord } from './words.ts'

export const accept = z.strictObject({ type: z.literal('accept'), task: taskWord })
export type Accept = z.infer<typeof accept>
