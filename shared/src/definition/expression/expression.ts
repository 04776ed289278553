/**
 * CEL expressions: parsed once, bounded in cost, pure.
 *
 *   source ──parse──▶ tree ──bounds, names──▶ plan ──evaluate(variables)──▶ JSON, or why not
 *
 * Cost is bounded twice: by the tree when a definition is registered, since nested comprehensions hang any engine, and by a budget while
 * it runs, since lists come with the data. A pure member path (`steps.pick.output.bin`) skips the engine: most expressions are one.
 */
import { type CelInput, isCelError, parse, plan } from '@bufbuild/cel'
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { Expression } from '../compiled.ts'
import { nearest } from '../nearest.ts'
import { budget, MAX_WORK, TOO_MUCH_WORK } from './budget.ts'
import { fromCel, toCel } from './convert.ts'
import { mostRounds, type SizeOf } from './cost.ts'
import { environment, isFunction } from './functions.ts'
import { missingOf } from './missing.ts'
import { appendInPlace, MAX_COMPREHENSIONS, MAX_NESTING, MAX_NODES, MAX_SOURCE, pathOf, type Tree, type Usage, usageOf } from './syntax.ts'

/** What an expression may speak of; which of them have a value depends on where it stands. */
export const VARIABLES: readonly string[] = [
  'input',
  'steps',
  'output',
  'item',
  'index',
  'failure',
  'key',
  'attempt',
  'by',
  'status',
  'stage',
]

const TYPE_NAMES: ReadonlySet<string> = new Set(['bool', 'bytes', 'double', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'])

export interface ParsedExpression extends Expression {
  /** Steps it refers to by name. */
  readonly steps: ReadonlySet<string>
  /** How often it may go around lists of these sizes, at least, on the worst input. */
  rounds(sizeOf: SizeOf): number
}

/**
 * @param names what it may speak of, where that is not a definition's
 * @returns the reason on failure, for a person
 */
export const compileExpression = (source: string, names = VARIABLES): Result<ParsedExpression, string> => {
  if (source.length > MAX_SOURCE) return err(`longer than ${MAX_SOURCE} characters`)
  try {
    const tree = parse(source).expr
    const usage = usageOf(tree)
    const objection = objectionTo(usage, names)
    if (objection !== undefined) return err(objection)
    const rounds = usage.comprehensions === 0 ? () => 0 : (sizeOf: SizeOf) => mostRounds(tree, sizeOf)
    return ok({ source, steps: usage.steps, evaluate: evaluatorOf(tree, usage), missing: missingOf(usage), rounds })
  } catch (error) {
    return err(reasonOf(error))
  }
}

const objectionTo = (usage: Usage, known: readonly string[]): string | undefined => {
  if (usage.nodes > MAX_NODES) return `too large: ${usage.nodes} parts, at most ${MAX_NODES}`
  if (usage.nesting > MAX_NESTING) return `lists are gone through ${usage.nesting} deep, at most ${MAX_NESTING}`
  if (usage.comprehensions > MAX_COMPREHENSIONS) return `goes through lists ${usage.comprehensions} times, at most ${MAX_COMPREHENSIONS}`
  for (const name of usage.names) if (!known.includes(name) && !TYPE_NAMES.has(name)) return unknownName(name, known)
  for (const name of usage.functions) if (!isKnownCall(name)) return `unknown function "${name}"`
  return undefined
}

const unknownName = (name: string, known: readonly string[]): string => {
  const near = nearest(name, known)
  const dash = known.includes('steps') ? " (a step with a dash is written steps['its-id'])" : ''
  return `unknown name "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}${dash}`
}

/** What the engine itself evaluates, without a function behind it. */
const BUILT_IN: ReadonlySet<string> = new Set(['_[_]', '_?_:_', '_&&_', '_||_', '@not_strictly_false'])

const isKnownCall = (name: string): boolean => BUILT_IN.has(name) || isFunction(name)

const evaluatorOf = (tree: Tree, usage: Usage): Expression['evaluate'] => {
  const path = pathOf(tree)
  return path === undefined ? planOf(tree, usage) : (variables) => follow(variables, path)
}

/** @returns the evaluator that runs the engine, also for a path */
export const planOf = (tree: Tree, usage: Usage): Expression['evaluate'] => {
  const run = plan(environment, appendInPlace(tree))
  const names = [...usage.names]
  return (variables) => {
    budget.left = MAX_WORK
    try {
      const result = run(bindingsOf(names, variables))
      if (budget.left < 0) return err(TOO_MUCH_WORK)
      if (isCelError(result)) return err(result.message)
      budget.left = MAX_WORK
      return ok(fromCel(result))
    } catch (error) {
      return err(reasonOf(error))
    }
  }
}

const bindingsOf = (names: readonly string[], variables: JsonObject): Record<string, CelInput> => {
  const bindings: Record<string, CelInput> = {}
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value !== undefined) bindings[name] = toCel(value)
  }
  return bindings
}

const follow = (variables: JsonObject, path: readonly string[]): Result<Json, string> => {
  let at: Json = variables
  for (const name of path) {
    const member: Json | undefined = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
    if (member === undefined) return err(`${path.join('.')}: no "${name}"`)
    at = member
  }
  return ok(at)
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/^<input>:/, '') : String(error))
