/** Pieces of JSON that resembles a definition: what is of another kind than expected reads as absent. */
import { isJsonObject, type Json, type JsonObject } from '../values/json.ts'

/** A text at a path. */
export interface Placed {
  readonly path: string
  readonly text: string
}

export const mappingAt = (path: string, mapping: Json | undefined): readonly Placed[] =>
  Object.keys(objectOf(mapping)).flatMap((name) => textAt(path, objectOf(mapping), name))

export const textAt = (path: string, object: JsonObject, name: string): readonly Placed[] => placed(`${path}.${name}`, object[name])

export const placed = (path: string, value: Json | undefined): readonly Placed[] => {
  const text = textOf(value)
  return text === undefined ? [] : [{ path, text }]
}

export const members = (value: Json | undefined): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectOf(value)).map(([id, member]) => [id, objectOf(member)])

export const objectOf = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {})

export const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
