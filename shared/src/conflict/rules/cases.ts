/** The examples that stand beside a rule: each is asked as the node would ask it. */

import type { CompiledRule } from './rule.ts'
import { askRule } from './shelf.ts'

export interface CaseResult {
  readonly rule: string
  readonly version: number
  readonly name: string
  readonly expected: string
  readonly found: string
  readonly passed: boolean
}

export const runCases = (by: CompiledRule): readonly CaseResult[] =>
  by.rule.cases.map(({ name, given, expect: expected }) => {
    const hit = askRule(by, given)
    const outcome = hit === undefined ? 'nothing' : hit.error === undefined ? 'conflict' : 'rule-error'
    const found = hit?.error === undefined ? outcome : `${outcome}: ${hit.error}`
    return { rule: by.rule.id, version: by.rule.version, name, expected, found, passed: outcome === expected }
  })
