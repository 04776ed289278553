import * as z from 'zod'
import { both } from './both.ts'
import { hello } from './hello.ts'

/** Child to hub. */
export const up = z.discriminatedUnion('type', [hello, both])
export type Up = z.infer<typeof up>
