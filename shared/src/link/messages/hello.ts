import * as z from 'zod'
import { cursor, generation, name } from './fields.ts'
import { interest } from './interest.ts'

/** The child's first message on a connection: who it is, and what it durably holds of the hub's feeds. */
export const hello = z.strictObject({
  type: z.literal('hello'),
  /** Protocol versions the child speaks; the hub picks one. */
  versions: z.array(z.int().min(1)).min(1).max(16).readonly(),
  node: name,
  /** One run of the child's process. */
  life: z.string().min(1).max(64),
  /** Of the child's own store, which its pushes are numbered in. */
  generation,
  homes: z.array(name).min(1).max(1024).readonly(),
  cursors: z.array(cursor).max(1024).readonly(),
  /** Without them it wants all of its homes; with them, nothing of a home that none is about but the home's own document. */
  interests: z.array(interest).max(1024).readonly().exactOptional(),
})
export type Hello = z.infer<typeof hello>
