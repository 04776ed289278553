/**
 * From JSON that may be a definition to a definition ready to run.
 *
 *   JSON ──schema──▶ Definition ──▶ CompiledDefinition
 *     └──sketch──▶ graph, lifecycle, expressions, input schema
 *
 * Every check runs whatever the others found, so all problems are reported at once (DEF-1).
 */
import type { Json } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import { buildCompiled, jsonOf } from './build.ts'
import type { CompiledDefinition } from './compiled.ts'
import type { Definition, DefinitionProblem } from './definition.ts'
import { checkExpressions, ExpressionTable } from './expression-table.ts'
import { forbiddenKeysOf } from './forbidden.ts'
import { checkGraph } from './graph.ts'
import { compileInputSchema } from './input.ts'
import { checkLifecycle } from './lifecycle-check.ts'
import { readDefinition } from './schema.ts'
import { sketchOf } from './sketch.ts'

export type Compiled = CompiledDefinition & { readonly warnings: readonly DefinitionProblem[] }

export type Compilation = Result<Compiled, DefinitionProblem[]>

/** For definitions made in code or loaded from a store: they are checked all the same. */
export const compileDefinition = (definition: Definition): Compilation => compileAuthored(jsonOf(definition))

/** For JSON that came by another way than a text: the authored form or the contract's own. */
export const compileAuthored = (json: Json): Compilation => {
  const forbidden = forbiddenKeysOf(json)
  return forbidden.length > 0 ? err([...forbidden]) : compileJson(json)
}

/** @param json without forbidden keys */
export const compileJson = (json: Json): Compilation => {
  const sketch = sketchOf(json)
  const expressions = new ExpressionTable()
  const schema = compileInputSchema(sketch.inputSchema ?? {})
  const definition = readDefinition(json)
  const graph = [...checkGraph(sketch), ...checkLifecycle(sketch), ...checkExpressions(sketch, expressions), ...schema.problems]
  if (!definition.ok) return err([...definition.error, ...graph])
  if (graph.some(({ severity }) => severity === 'error')) return err(graph)
  return ok({ ...buildCompiled(definition.value, expressions, schema.check), warnings: graph })
}
