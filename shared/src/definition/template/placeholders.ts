/** Finds `${name}` in the texts of a template and puts values in their place. Member names are never filled: they give the paths of problems. */
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { sketchOf } from '../sketch.ts'
import type { Placed } from '../sketch-parts.ts'

const PLACEHOLDER = /\$\$\{|\$\{([A-Za-z][A-Za-z0-9_]{0,63})\}/g
/** A CEL string literal. */
const LITERAL = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g
const ALONE = /^\$\{([A-Za-z][A-Za-z0-9_]{0,63})\}$/

/** Every placeholder, with the path of the text it stands in. */
export const placeholdersOf = (value: Json, path: string): readonly Placed[] => {
  if (typeof value === 'string')
    return [...value.matchAll(PLACEHOLDER)].flatMap(([, name]) => (name === undefined ? [] : [{ path, text: name }]))
  if (Array.isArray(value)) return value.flatMap((element: Json, index) => placeholdersOf(element, inside(path, String(index))))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => placeholdersOf(member, inside(path, name)))
}

/**
 * Paths of expressions in which a placeholder stands between quotes: a literal brings its own, so it would be quoted twice.
 * Raw and triple-quoted literals are read as plain ones; a placeholder in either would be wrong all the same.
 */
export const quotedPlaceholders = (definition: JsonObject): readonly Placed[] =>
  sketchOf(definition).expressions.flatMap(({ path, text }) =>
    [...text.matchAll(LITERAL)].flatMap(([literal]) => placeholdersOf(literal, path)),
  )

/** @throws when a placeholder has no value: they were checked when the template was read */
export const fill = (definition: JsonObject, values: ReadonlyMap<string, Json>): Json => {
  const expressions = new Set(sketchOf(definition).expressions.map(({ path }) => path))
  const valueFor = (name: string): Json => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`nothing is given for ${name}`)
    return value
  }
  const fillText = (text: string, path: string): Json => {
    const alone = expressions.has(path) ? undefined : ALONE.exec(text)?.[1]
    if (alone !== undefined) return valueFor(alone)
    const write = expressions.has(path) ? (value: Json) => JSON.stringify(value) : plain
    return text.replace(PLACEHOLDER, (_, name: string | undefined) => (name === undefined ? '${' : write(valueFor(name))))
  }
  const fillValue = (value: Json, path: string): Json => {
    if (typeof value === 'string') return fillText(value, path)
    if (Array.isArray(value)) return value.map((element: Json, index) => fillValue(element, inside(path, String(index))))
    if (!isJsonObject(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fillValue(member, inside(path, name))]))
  }
  return fillValue(definition, '')
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
