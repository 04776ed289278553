/** Problems of a definition, and how the schema's issues become them. Codes are stable and part of the public contract. */
import type { z } from 'zod'
import type { DefinitionProblem } from './definition.ts'

export const problem = (code: string, path: string, message: string): DefinitionProblem => ({ severity: 'error', code, path, message })
export const warning = (code: string, path: string, message: string): DefinitionProblem => ({ severity: 'warning', code, path, message })

export const pathText = (path: readonly PropertyKey[]): string => path.map(String).join('.')

type Issue = z.core.$ZodIssue

export const problemsOfIssue = (issue: Issue): readonly DefinitionProblem[] => {
  const path = pathText(issue.path)
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n')
    return issue.keys.map((key, index) => problem('unknown-key', pathText([...issue.path, key]), messages[index] ?? 'unknown key'))
  }
  if (issue.code === 'invalid_key') return [problem('bad-id', path, issue.issues[0]?.message ?? issue.message)]
  if (isMissing(issue)) return [problem('missing-field', path, 'is missing')]
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return [problem('bad-value', path, oneOf(issue))]
  return [problem('bad-value', path, lowerFirst(issue.message.replace(/^Invalid input: /, '')))]
}

const isMissing = (issue: Issue): boolean => issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')

const oneOf = (issue: Extract<Issue, { code: 'invalid_union' }>): string => {
  const known = 'options' in issue ? (issue.options ?? []).map(String) : []
  return known.length === 0 ? 'names no known kind' : `expected one of ${known.join(', ')}`
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
