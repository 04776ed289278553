import * as z from 'zod'
import { both } from './both.ts'
import { welcome } from './welcome.ts'

/** Hub to child. */
export const down = z.discriminatedUnion('type', [welcome, both])
export type Down = z.infer<typeof down>
