/**
 * Domain rules from a folder of YAML and JSON files, read again whenever it changes. A file that is wrong, or whose own cases fail, is named
 * with all its problems; what stood before it goes on counting, and the others are taken.
 */
import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { type CaseResult, runCases } from '../conflict/rules/cases.ts'
import { parseRule } from '../conflict/rules/compile.ts'
import type { CompiledRule } from '../conflict/rules/rule.ts'
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Clock } from '../ports/clock.ts'

export interface LoadedRules {
  readonly rules: readonly CompiledRule[]
  readonly cases: readonly CaseResult[]
  readonly problems: readonly string[]
}

export const loadRules = (folder: string): LoadedRules => {
  const rules: CompiledRule[] = []
  const cases: CaseResult[] = []
  const problems: string[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!/\.(ya?ml|json)$/.test(file)) continue
    const parsed = parseRule(readFileSync(join(folder, file), 'utf8'), file.endsWith('.json') ? 'json' : 'yaml')
    if (!parsed.ok) {
      for (const { path, message, line } of parsed.error)
        problems.push(`${file}${line === undefined ? '' : `:${line}`}${path === '' ? '' : ` ${path}`}: ${message}`)
      continue
    }
    const results = runCases(parsed.value)
    cases.push(...results)
    rules.push(parsed.value)
    for (const { passed, name, expected, found } of results)
      if (!passed) problems.push(`${file} case “${name}”: ${expected} expected, ${found} found`)
  }
  return { rules, cases, problems }
}

/** Editors write a file in several goes. */
const SETTLE_MS = 100

export interface RuleFolder {
  close(): void
}

/** Puts the folder's rules on the shelf, and again whenever the folder changes. */
export const watchRules = (
  folder: string,
  {
    shelf,
    clock,
    onChange,
    onProblem,
  }: {
    readonly shelf: RuleShelf
    readonly clock: Clock
    readonly onChange: () => void
    readonly onProblem: (problem: string) => void
  },
): RuleFolder => {
  let taken = new Map<string, CompiledRule>()
  const take = (): void => {
    const { rules, cases, problems } = loadRules(folder)
    for (const problem of problems) onProblem(problem)
    const failing = new Set(cases.filter(({ passed }) => !passed).map(nameOf))
    const sound = new Map(
      rules.filter(({ rule }) => !failing.has(nameOf({ rule: rule.id, version: rule.version }))).map((each) => [each.hash, each]),
    )
    for (const [hash, { rule }] of taken) if (!sound.has(hash) && problems.length === 0) shelf.remove(rule.id, rule.version)
    for (const [hash, each] of sound) if (!taken.has(hash)) shelf.add(each)
    taken = problems.length === 0 ? sound : new Map([...taken, ...sound])
    onChange()
  }
  take()
  let cancel: (() => void) | undefined
  const watcher: FSWatcher = watch(folder, () => {
    cancel?.()
    cancel = clock.after(SETTLE_MS, () => {
      try {
        take()
      } catch (thrown) {
        onProblem(`${folder}: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
      }
    })
  })
  watcher.on('error', (error) => onProblem(`${folder} is not watched any more: ${error.message}`))
  return {
    close: () => {
      cancel?.()
      watcher.close()
    },
  }
}

const nameOf = ({ rule, version }: { readonly rule: string; readonly version: number }): string => `${rule}.${version}`
