/** Names that a prototype would mistake for its own: never a key, at any depth (B7). */
import { isJsonObject, type Json } from '../values/json.ts'
import type { DefinitionProblem } from './definition.ts'
import { pathText, problem } from './problem.ts'

const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export const isForbidden = (key: string): boolean => FORBIDDEN.has(key)

export const forbiddenKey = (path: readonly PropertyKey[], key: string): DefinitionProblem =>
  problem('forbidden-key', pathText(path), `the key "${key}" is not allowed anywhere`)

export const forbiddenKeysOf = (value: Json, path: readonly PropertyKey[] = []): readonly DefinitionProblem[] => {
  if (Array.isArray(value)) return value.flatMap((element: Json, index) => forbiddenKeysOf(element, [...path, index]))
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) =>
    isForbidden(key) ? [forbiddenKey([...path, key], key)] : forbiddenKeysOf(member, [...path, key]),
  )
}
