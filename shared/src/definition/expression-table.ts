/** Expressions of one definition, each text parsed once however often it is written. */
import type { Result } from '../values/result.ts'
import type { DefinitionProblem } from './definition.ts'
import { compileExpression, type ParsedExpression } from './expression/expression.ts'
import { didYouMean } from './nearest.ts'
import { problem } from './problem.ts'
import type { Placed, Sketch } from './sketch.ts'

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

export const checkExpressions = (sketch: Sketch, expressions: ExpressionTable): readonly DefinitionProblem[] =>
  sketch.expressions.flatMap((placed) => problemsOf(placed, sketch, expressions.get(placed.text)))

const problemsOf = ({ path }: Placed, { numberOf }: Sketch, compiled: Result<ParsedExpression, string>): readonly DefinitionProblem[] => {
  if (!compiled.ok) return [problem('bad-expression', path, compiled.error)]
  return [...compiled.value.steps]
    .filter((id) => !numberOf.has(id))
    .map((id) => problem('unknown-step', path, `there is no step "${id}"${didYouMean(id, numberOf.keys())}`))
}
