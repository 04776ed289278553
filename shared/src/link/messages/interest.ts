import * as z from 'zod'
import { documentId, name } from './fields.ts'

/**
 * What of a home a child wants to hold, when not all of it: documents that it names, and those of workflows that wait in one of these
 * queues for a person. `held` are documents it has, which go on to be sent as they change.
 */
export const interest = z.strictObject({
  home: name,
  documents: z.array(documentId).max(1024).readonly(),
  queues: z.array(z.string().min(1).max(64)).max(64).readonly(),
  held: z.array(documentId).max(4096).readonly(),
})
export type Interest = z.infer<typeof interest>
