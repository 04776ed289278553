/**
 * From what an author wrote to a rule that can be asked, or everything that is wrong with it at once. The cost of its expression is bounded
 * here, for a facility as large as rules are made for; what can't be told here is left to the budget while it runs.
 */
import type { DefinitionProblem } from '../../definition/definition.ts'
import { MAX_WORK } from '../../definition/expression/budget.ts'
import { compileExpression } from '../../definition/expression/expression.ts'
import { problem, problemsOfIssue } from '../../definition/problem.ts'
import { readText, type TextFormat } from '../../definition/text.ts'
import { sha256Hex } from '../../values/hash.ts'
import { canonicalJson, isJsonObject, type Json } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { type CompiledRule, POINT_NAMES, POINTS, type Rule, ruleSchema } from './rule.ts'

/** Elements of any list that a rule sees: agents of a facility, work under way. */
const LARGEST_LIST = 400

export const compileRule = (authored: Json): Result<CompiledRule, DefinitionProblem[]> => {
  const parsed = ruleSchema.safeParse(authored, { reportInput: true })
  if (!parsed.success) return err([...parsed.error.issues.flatMap(problemsOfIssue), ...earlyProblems(authored)])
  const rule = parsed.data
  const when = compileExpression(rule.when, POINTS[rule.on])
  const problems = [...expressionProblems(when), ...caseProblems(rule)]
  if (!when.ok || problems.length > 0) return err(problems)
  return ok({ rule, hash: sha256Hex(canonicalJson(plain(rule))), when: when.value })
}

export const parseRule = (text: string, format: TextFormat = 'yaml'): Result<CompiledRule, DefinitionProblem[]> => {
  const read = readText(text, format)
  if (!read.ok) return read
  const { json, problems, locate } = read.value
  const compiled = compileRule(json)
  if (!compiled.ok) return err([...problems, ...compiled.error.map(locate)])
  return problems.length > 0 ? err([...problems]) : compiled
}

export const plain = (rule: Rule): Json => JSON.parse(JSON.stringify(rule))

/** Where the schema has found something wrong already, the expression is looked at all the same, if it can be told what it may speak of. */
const earlyProblems = (authored: Json): readonly DefinitionProblem[] => {
  if (!isJsonObject(authored) || typeof authored.when !== 'string') return []
  const { on } = authored
  const point = POINT_NAMES.find((name) => name === on)
  return point === undefined ? [] : expressionProblems(compileExpression(authored.when, POINTS[point]))
}

const expressionProblems = (when: ReturnType<typeof compileExpression>): readonly DefinitionProblem[] => {
  if (!when.ok) return [problem('bad-expression', 'when', when.error)]
  const rounds = when.value.rounds(() => LARGEST_LIST)
  if (rounds <= MAX_WORK) return []
  return [problem('too-costly', 'when', `goes around lists up to ${rounds} times at a large facility; at most ${MAX_WORK} are done`)]
}

/** A case that speaks of what the rule never sees would prove nothing. */
const caseProblems = ({ on, cases }: Rule): readonly DefinitionProblem[] => {
  const known: readonly string[] = POINTS[on]
  return cases.flatMap(({ given }, place) =>
    Object.keys(given)
      .filter((name) => !known.includes(name))
      .map((name) => problem('unknown-name', `cases.${place}.given.${name}`, `a rule on ${on} sees: ${known.join(', ')}`)),
  )
}
