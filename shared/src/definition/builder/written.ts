/** A builder's words as the authored form: formulas become their text, what only the compiler needed is left out. */
import type { Json, JsonObject } from '../../values/json.ts'
import { Formula } from './formula.ts'

const FOR_THE_COMPILER: ReadonlySet<string> = new Set(['takes', 'returns', 'undoes'])

export const written = (spec: object): JsonObject => {
  const members: [string, unknown][] = Object.entries(spec)
  return Object.fromEntries(
    members.flatMap(([name, value]) => {
      if (FOR_THE_COMPILER.has(name) || value === undefined) return []
      return [[name, name === 'each' && isObject(value) ? written(value) : jsonOf(value)]]
    }),
  )
}

const jsonOf = (value: unknown): Json => {
  if (value instanceof Formula) return value.source
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(jsonOf)
  if (!isObject(value)) throw new TypeError(`a definition can't hold a ${typeof value}`)
  const members: [string, unknown][] = Object.entries(value)
  return Object.fromEntries(members.flatMap(([name, member]) => (member === undefined ? [] : [[name, jsonOf(member)]])))
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
