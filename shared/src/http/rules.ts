/** The domain rules of a node, and publishing one; knows nothing of HTTP. */
import { type CaseResult, runCases } from '../conflict/rules/cases.ts'
import { compileRule, parseRule } from '../conflict/rules/compile.ts'
import type { CompiledRule } from '../conflict/rules/rule.ts'
import type { DefinitionProblem } from '../definition/definition.ts'
import type { TextFormat } from '../definition/text.ts'
import type { RuleBook } from '../engine/rule-book.ts'
import type { JsonObject } from '../values/json.ts'
import { refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Unpublished } from './library.ts'

export type RuleDraft = { readonly rule: JsonObject } | { readonly text: string; readonly format: TextFormat }

export interface PublishedRule {
  readonly rule: CompiledRule
  readonly cases: readonly CaseResult[]
  readonly outcome: 'published' | 'replayed' | 'preview'
}

export interface RulesApi {
  /** Those that count, the most severe first. */
  all(): readonly CompiledRule[]
  find(id: string, version?: number): CompiledRule | undefined
  /** @param preview checked and tried, not published */
  publish(draft: RuleDraft, preview: boolean): Promise<Result<PublishedRule, Unpublished>>
}

export const rulesOf = (book: RuleBook): RulesApi => ({
  all: () => book.shelf.all,
  find: (id, version) => book.shelf.find(id, version),
  publish: async (draft, preview) => {
    const compiled = 'text' in draft ? parseRule(draft.text, draft.format) : compileRule(draft.rule)
    if (!compiled.ok) return err({ refusal: NOT_RIGHT, problems: compiled.error })
    const cases = runCases(compiled.value)
    if (preview) return ok({ rule: compiled.value, cases, outcome: 'preview' })
    const failed = problemsOf(cases)
    if (failed.length > 0) return err({ refusal: CASES_FAIL, problems: failed })
    const published = await book.publish(compiled.value)
    if (!published.ok) return err({ refusal: published.error, problems: [] })
    return ok({ rule: compiled.value, cases, outcome: published.value.replayed ? 'replayed' : 'published' })
  },
})

const NOT_RIGHT = refusal('fix-request', 'invalid-rule', 'every problem is listed under errors')
const CASES_FAIL = refusal('fix-request', 'rule-cases-fail', 'the rule does not do what its own cases say')

const problemsOf = (cases: readonly CaseResult[]): readonly DefinitionProblem[] =>
  cases.flatMap(({ passed, name, expected, found }, place) =>
    passed
      ? []
      : [
          {
            severity: 'error' as const,
            code: 'case-fails',
            path: `cases.${place}`,
            message: `${name}: ${expected} expected, ${found} found`,
          },
        ],
  )
