/** Answer to `stop`: nothing of this task is being done any more, and no result will come. */
import { z } from 'zod'
import { taskWord } from './words.ts'

export const stopped = z.strictObject({ type: z.literal('stopped'), task: taskWord })
export type Stopped = z.infer<typeof stopped>
