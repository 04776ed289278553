/**
 * A plug-in for steps of a type of its own (`type: <name>, with: {…}`): what its parameters may be, and who carries attempts out.
 *
 * Guarantee to an implementer: `performer` is only ever given parameters that fit the schema, also when they come from a definition that
 * was registered under another version of the plug-in.
 */
import type { JsonObject } from '../values/json.ts'
import type { Performer } from './performer.ts'

export interface Executor {
  /** JSON Schema of what a definition gives as `with`. */
  readonly parameters: JsonObject
  /** What may be done after a crash can depend on the parameters: reading may be repeated where writing may not. */
  performer(parameters: JsonObject): Performer
}
