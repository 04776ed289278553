/** Who wrote what an update brings, read from its bytes alone. */
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { Unreadable } from './byte-reader.ts'
import { parseUpdate } from './update-parts.ts'

/** @returns the client ids that wrote something in it; deletions name nobody */
export const writersOf = (update: Uint8Array): Result<readonly number[], Refusal> => {
  try {
    return ok(parseUpdate(update).sections.map(({ client }) => client))
  } catch (thrown) {
    if (thrown instanceof Unreadable) return err(thrown.refusal)
    throw thrown
  }
}
