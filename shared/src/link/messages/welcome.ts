import * as z from 'zod'
import { cursor, generation, name } from './fields.ts'

/** The hub's answer to `hello`: the version chosen, and what it durably holds of the child's feeds. */
export const welcome = z.strictObject({
  type: z.literal('welcome'),
  version: z.int().min(1),
  hub: name,
  /** Of the hub's own store, which its pushes are numbered in. */
  generation,
  cursors: z.array(cursor).max(1024).readonly(),
  /** The hub's wall clock in milliseconds since 1970, so that the child can see that its own is wrong. */
  serverTime: z.number(),
})
export type Welcome = z.infer<typeof welcome>
