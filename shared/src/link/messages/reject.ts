import * as z from 'zod'
import { documentId, generation, name, refusalFields, sequence } from './fields.ts'

/** The receiver refused one update, and went on. Sent again at every session's start until `noted`, so its author always learns of it. */
export const reject = z.strictObject({
  type: z.literal('reject'),
  home: name,
  generation,
  document: documentId,
  sequence,
  refusal: refusalFields,
})
