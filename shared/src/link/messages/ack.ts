import * as z from 'zod'
import { generation, name, sequence } from './fields.ts'

/** “Your feed of this home is durable here up to `sequence`.” Also repeated, unchanged, while a long group is still arriving. */
export const ack = z.strictObject({ type: z.literal('ack'), home: name, generation, sequence })
export type Ack = z.infer<typeof ack>
