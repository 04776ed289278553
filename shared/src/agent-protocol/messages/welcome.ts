/** Answer to `hello`. `epoch` is that of the gateway's authority: an agent leaves a gateway whose epoch is below the highest it has seen. */
import { z } from 'zod'
import { count, idWord } from './words.ts'

export const welcome = z.strictObject({
  type: z.literal('welcome'),
  protocol: count,
  gateway: idWord,
  epoch: count,
  heartbeatMs: z.int().min(10).max(600_000),
})
export type Welcome = z.infer<typeof welcome>
