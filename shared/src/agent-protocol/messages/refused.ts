/** Something the agent sent was refused; `code` is stable. Where nothing more can be said, the connection closes after it. */
import { z } from 'zod'
import { codeWord, sentence } from './words.ts'

export const refused = z.strictObject({ type: z.literal('refused'), code: codeWord, message: sentence })
export type Refused = z.infer<typeof refused>
