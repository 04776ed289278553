/** The small shapes that several messages share. Bounds are part of the shape: what passes here is safe to hold. */
import * as z from 'zod'
import type { Json } from '../../values/json.ts'

/** A node or a home. */
export const name = z.string().regex(/^[a-z0-9_-]{1,64}$/)

/** A home document's id is its home's with a prefix, so it may be a little longer than other ids. */
export const documentId = z.string().regex(/^[a-z0-9_-]{1,80}$/)

/** A place in a home's feed; 0 is before the first entry. */
export const sequence = z.int().min(0)

/** One life of a store's data; a restored store has another. */
export const generation = z.string().min(1).max(64)

export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array).meta({ format: 'bytes' })

/** “I durably hold your feed of this home, in this generation, up to here.” */
export const cursor = z.strictObject({ home: name, generation, sequence })
export type Cursor = z.infer<typeof cursor>

export const json: z.ZodType<Json> = z.json()

export const refusalFields = z.strictObject({
  next: z.enum(['retry-later', 'fix-request', 'ask-person', 'give-up']),
  code: z.string().min(1).max(64),
  message: z.string().max(4096),
  details: json.exactOptional(),
})
