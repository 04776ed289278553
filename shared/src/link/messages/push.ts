import * as z from 'zod'
import { bytes, documentId, generation, name, sequence } from './fields.ts'

/** An update, or a piece of one too big for a frame: `more` says that the next piece follows. */
export const piece = z.strictObject({ document: documentId, sequence, update: bytes, more: z.boolean() })
export type Piece = z.infer<typeof piece>

/**
 * Part of one home's feed. It moves the receiver from `from` to `to`; entries that came from the receiver itself are left out, so
 * the numbers of the updates may have holes, and a push may carry none. `last` closes the group: only then may it be committed.
 */
export const push = z.strictObject({
  type: z.literal('push'),
  home: name,
  generation,
  group: z.int().min(0),
  from: sequence,
  to: sequence,
  last: z.boolean(),
  updates: z.array(piece).max(2048).readonly(),
})
export type Push = z.infer<typeof push>
