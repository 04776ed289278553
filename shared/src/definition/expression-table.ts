/** Expressions of one definition, each text parsed once however often it is written. */
import { isJsonObject, type Json, type JsonObject } from '../values/json.ts'
import type { Result } from '../values/result.ts'
import type { DefinitionProblem } from './definition.ts'
import { MAX_WORK } from './expression/budget.ts'
import type { SizeOf } from './expression/cost.ts'
import { compileExpression, type ParsedExpression } from './expression/expression.ts'
import { didYouMean } from './nearest.ts'
import { problem } from './problem.ts'
import type { Sketch } from './sketch.ts'
import type { Placed } from './sketch-parts.ts'

export class ExpressionTable {
  readonly #compiled = new Map<string, Result<ParsedExpression, string>>()

  get(source: string): Result<ParsedExpression, string> {
    const known = this.#compiled.get(source)
    if (known !== undefined) return known
    const compiled = compileExpression(source)
    this.#compiled.set(source, compiled)
    return compiled
  }
}

export const checkExpressions = (sketch: Sketch, expressions: ExpressionTable): readonly DefinitionProblem[] => {
  const sizeOf = sizesIn(sketch.inputSchema ?? {})
  return sketch.expressions.flatMap((placed) => {
    const compiled = expressions.get(placed.text)
    if (!compiled.ok) return [problem('bad-expression', placed.path, compiled.error)]
    return [...unknownSteps(placed, sketch, compiled.value), ...tooCostly(placed, compiled.value.rounds(sizeOf))]
  })
}

/** What the schema says of the workflow's input; of outputs nobody says anything. */
const sizesIn =
  (schema: JsonObject): SizeOf =>
  ([root, ...names]) => {
    let at: Json | undefined = root === 'input' ? schema : undefined
    for (const name of names) {
      const below: Json | undefined = memberOf(at, name === '[]' ? 'items' : 'properties')
      at = name === '[]' ? below : memberOf(below, name)
    }
    const most = memberOf(at, 'maxItems')
    return typeof most === 'number' ? most : undefined
  }

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined

const tooCostly = ({ path }: Placed, rounds: number): readonly DefinitionProblem[] => {
  if (rounds <= MAX_WORK) return []
  const what = `goes around lists up to ${rounds} times for an input that the schema allows; at most ${MAX_WORK} are done: lower "maxItems"`
  return [problem('too-costly', path, what)]
}

const unknownSteps = ({ path }: Placed, { numberOf }: Sketch, compiled: ParsedExpression): readonly DefinitionProblem[] => {
  return [...compiled.steps]
    .filter((id) => !numberOf.has(id))
    .map((id) => problem('unknown-step', path, `there is no step "${id}"${didYouMean(id, numberOf.keys())}`))
}
