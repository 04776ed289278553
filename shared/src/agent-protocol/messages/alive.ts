/** Answer to the heartbeat with the same `beat`: the leases it named are renewed, and the line works both ways. */
import { z } from 'zod'
import { count } from './words.ts'

export const alive = z.strictObject({ type: z.literal('alive'), beat: count })
export type Alive = z.infer<typeof alive>
