import * as z from 'zod'
import { generation, name, sequence } from './fields.ts'

/** The answer to `reject`: the sender has written the refusal down where its user sees it; the receiver may forget it. */
export const noted = z.strictObject({ type: z.literal('noted'), home: name, generation, sequence })
