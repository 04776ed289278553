import { type Replica, readLog } from '../document/index.ts'
import type { Json } from '../values/json.ts'
import { MissingValue } from '../values/reference.ts'
import { decodeEntry, EMPTY_CONTEXT } from '../workflow/codec.ts'

/** The first value that a log names and its document does not hold. */
export const missingValue = (replica: Replica): MissingValue | undefined => {
  let missing: MissingValue | undefined
  const open = (field: Json): Json => {
    const value = replica.values.open(field)
    if (value instanceof MissingValue) missing ??= value
    return value
  }
  for (const coded of readLog(replica).entries) decodeEntry(coded, EMPTY_CONTEXT, open)
  return missing
}
