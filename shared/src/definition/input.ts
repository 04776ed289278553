/**
 * Checks a workflow's input against its JSON Schema: the part of the vocabulary that describes data, none that computes.
 *
 * Keywords we don't know are refused when the definition is registered, since a constraint that is silently not checked is worse than
 * none. Patterns are RE2's, linear in the text. All problems are listed, each as `path: what`.
 */
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../values/json.ts'
import type { DefinitionProblem } from './definition.ts'
import { compileExpression } from './expression/expression.ts'
import { didYouMean } from './nearest.ts'
import { problem } from './problem.ts'

export type CheckInput = (input: Json) => readonly string[]

const MAX_LISTED = 100
const MAX_PATTERN = 500

type Check = (value: Json, path: string, report: (path: string, what: string) => void) => void

const ANNOTATIONS = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples']
const TYPES = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

interface Place {
  readonly path: string
  readonly problems: DefinitionProblem[]
}

/** What each keyword turns into; undefined when its value makes no sense. */
const KEYWORDS: Readonly<Record<string, (value: Json, place: Place, schema: JsonObject) => Check | undefined>> = {
  type: (value) => typeCheck(Array.isArray(value) ? value : [value]),
  enum: (value) => (Array.isArray(value) && value.length > 0 ? oneOf(value) : undefined),
  const: (value) => oneOf([value]),
  properties: (value, place) => (isJsonObject(value) ? propertiesCheck(value, place) : undefined),
  required: (value) => (Array.isArray(value) && value.every((name) => typeof name === 'string') ? requiredCheck(value) : undefined),
  additionalProperties: (value, place, schema) => additionalCheck(value, place, schema.properties),
  items: (value, place) => (isJsonObject(value) ? itemsCheck(compileSchema(value, place)) : undefined),
  minItems: (value) =>
    bound(value, (limit) => (data) => (Array.isArray(data) && data.length < limit ? `must have at least ${limit} items` : undefined)),
  maxItems: (value) =>
    bound(value, (limit) => (data) => (Array.isArray(data) && data.length > limit ? `must have at most ${limit} items` : undefined)),
  minLength: (value) =>
    bound(
      value,
      (limit) => (data) => (typeof data === 'string' && [...data].length < limit ? `must have at least ${limit} characters` : undefined),
    ),
  maxLength: (value) =>
    bound(
      value,
      (limit) => (data) => (typeof data === 'string' && [...data].length > limit ? `must have at most ${limit} characters` : undefined),
    ),
  minimum: (value) => numeric(value, (limit) => (data) => (data < limit ? `must be at least ${limit}` : undefined)),
  maximum: (value) => numeric(value, (limit) => (data) => (data > limit ? `must be at most ${limit}` : undefined)),
  exclusiveMinimum: (value) => numeric(value, (limit) => (data) => (data <= limit ? `must be more than ${limit}` : undefined)),
  exclusiveMaximum: (value) => numeric(value, (limit) => (data) => (data >= limit ? `must be less than ${limit}` : undefined)),
  pattern: (value) => (typeof value === 'string' ? patternCheck(value) : undefined),
}

/** @returns a check that accepts everything it could not understand, and the problems found */
export const compileInputSchema = (schema: JsonObject): { readonly check: CheckInput; readonly problems: readonly DefinitionProblem[] } => {
  const problems: DefinitionProblem[] = []
  const check = compileSchema(schema, { path: 'inputSchema', problems })
  return { check: (input) => listOf(check, input), problems }
}

const listOf = (check: Check, input: Json): readonly string[] => {
  const listed: string[] = []
  check(input, '', (path, what) => {
    if (listed.length < MAX_LISTED) listed.push(`${path === '' ? 'input' : path}: ${what}`)
  })
  return listed
}

const compileSchema = (schema: JsonObject, place: Place): Check => {
  const checks: Check[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (ANNOTATIONS.includes(keyword)) continue
    const path = `${place.path}.${keyword}`
    const compile = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined
    const check = compile?.(value, { ...place, path }, schema)
    if (check !== undefined) checks.push(check)
    else if (compile !== undefined) place.problems.push(problem('bad-input-schema', path, `is not a value "${keyword}" can have`))
    else place.problems.push(problem('bad-input-schema', path, `unknown keyword "${keyword}"${didYouMean(keyword, Object.keys(KEYWORDS))}`))
  }
  return (value, path, report) => {
    for (const check of checks) check(value, path, report)
  }
}

const typeCheck = (types: readonly Json[]): Check | undefined => {
  if (types.length === 0 || !types.every((type) => typeof type === 'string' && TYPES.includes(type))) return undefined
  return (value, path, report) => {
    const actual = typeOf(value)
    if (!types.includes(actual) && !(actual === 'integer' && types.includes('number')))
      report(path, `must be ${types.join(' or ')}, not ${actual}`)
  }
}

const typeOf = (value: Json): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const oneOf = (values: readonly Json[]): Check => {
  const allowed = new Set(values.map(canonicalJson))
  const listed = [...allowed].join(', ')
  return (value, path, report) => {
    if (!allowed.has(canonicalJson(value))) report(path, `must be one of ${listed}`)
  }
}

const propertiesCheck = (properties: JsonObject, place: Place): Check => {
  const checks = Object.entries(properties).map(([name, schema]) => ({ name, check: memberCheck(name, schema, place) }))
  return (value, path, report) => {
    if (!isJsonObject(value)) return
    for (const { name, check } of checks) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined
      if (member !== undefined) check(member, inside(path, name), report)
    }
  }
}

const memberCheck = (name: string, schema: Json, place: Place): Check => {
  const path = `${place.path}.${name}`
  if (isJsonObject(schema)) return compileSchema(schema, { ...place, path })
  place.problems.push(problem('bad-input-schema', path, 'must be a schema object'))
  return () => {}
}

const requiredCheck =
  (names: readonly Json[]): Check =>
  (value, path, report) => {
    if (!isJsonObject(value)) return
    for (const name of names)
      if (!Object.hasOwn(value, String(name)) || value[String(name)] === undefined) report(inside(path, String(name)), 'is missing')
  }

const additionalCheck = (allowed: Json, place: Place, properties: Json | undefined): Check | undefined => {
  if (typeof allowed !== 'boolean' && !isJsonObject(allowed)) return undefined
  const known = isJsonObject(properties) ? Object.keys(properties) : []
  const check = isJsonObject(allowed) ? compileSchema(allowed, place) : undefined
  return (value, path, report) => {
    if (!isJsonObject(value) || allowed === true) return
    for (const [name, member] of Object.entries(value)) {
      if (known.includes(name)) continue
      if (check === undefined) report(inside(path, name), `is not a known field${didYouMean(name, known)}`)
      else check(member, inside(path, name), report)
    }
  }
}

const itemsCheck =
  (check: Check): Check =>
  (value, path, report) => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) check(item, inside(path, String(index)), report)
  }

const bound = (value: Json, judge: (limit: number) => (data: Json) => string | undefined): Check | undefined =>
  Number.isInteger(value) && Number(value) >= 0 ? reporting(judge(Number(value))) : undefined

const numeric = (value: Json, judge: (limit: number) => (data: number) => string | undefined): Check | undefined => {
  if (typeof value !== 'number') return undefined
  const judgeNumber = judge(value)
  return reporting((data) => (typeof data === 'number' ? judgeNumber(data) : undefined))
}

const patternCheck = (pattern: string): Check | undefined => {
  const compiled = pattern.length > MAX_PATTERN ? undefined : compileExpression(`input.matches(${JSON.stringify(pattern)})`)
  if (compiled === undefined || !compiled.ok || !compiled.value.evaluate({ input: '' }).ok) return undefined
  const { evaluate } = compiled.value
  return reporting((data) => {
    if (typeof data !== 'string') return undefined
    const matched = evaluate({ input: data })
    return matched.ok && matched.value === true ? undefined : `must match ${pattern}`
  })
}

const reporting =
  (judge: (value: Json) => string | undefined): Check =>
  (value, path, report) => {
    const what = judge(value)
    if (what !== undefined) report(path, what)
  }

const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
