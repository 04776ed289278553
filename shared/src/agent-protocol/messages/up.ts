/** All that an agent says to its gateway. */
import { z } from 'zod'
import { accept } from './accept.ts'
import { decline } from './decline.ts'
import { heartbeat } from './heartbeat.ts'
import { hello } from './hello.ts'
import { result } from './result.ts'
import { stopped } from './stopped.ts'

export const upMessage = z.discriminatedUnion('type', [hello, heartbeat, accept, decline, result, stopped])
export type UpMessage = z.infer<typeof upMessage>
