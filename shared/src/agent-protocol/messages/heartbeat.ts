/** Sent every `heartbeatMs` (see welcome); renews the lease of each task it names. Answered by `alive` with the same `beat`. */
import { z } from 'zod'
import { count, MAX_HELD_TASKS, position, taskWord } from './words.ts'

export const heartbeat = z.strictObject({
  type: z.literal('heartbeat'),
  beat: count,
  tasks: z
    .array(z.strictObject({ task: taskWord, progress: z.number().min(0).max(1).exactOptional() }))
    .max(MAX_HELD_TASKS)
    .readonly(),
  position: position.exactOptional(),
})
export type Heartbeat = z.infer<typeof heartbeat>
