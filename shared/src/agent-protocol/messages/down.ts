/** All that a gateway says to an agent. */
import { z } from 'zod'
import { alive } from './alive.ts'
import { forget } from './forget.ts'
import { offer } from './offer.ts'
import { recorded } from './recorded.ts'
import { refused } from './refused.ts'
import { stop } from './stop.ts'
import { welcome } from './welcome.ts'

export const downMessage = z.discriminatedUnion('type', [welcome, offer, stop, recorded, forget, alive, refused])
export type DownMessage = z.infer<typeof downMessage>
