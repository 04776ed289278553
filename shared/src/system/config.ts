/**
 * Configuration: one JSON or YAML file, validated whole before anything starts. What is wrong is told with the exact key and what is
 * allowed there, all at once; the process then exits with 78 (EX_CONFIG).
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { z } from 'zod'
import { err, ok, type Result } from '../values/result.ts'

export const EX_CONFIG = 78

export const readConfig = <Schema extends z.ZodType>(schema: Schema, path: string): Result<z.infer<Schema>, readonly string[]> => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (thrown) {
    return err([`${path}: can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`])
  }
  let content: unknown
  try {
    content = parse(text, { maxAliasCount: 0 })
  } catch (thrown) {
    return err([`${path}: ${thrown instanceof Error ? thrown.message : String(thrown)}`])
  }
  const parsed = schema.safeParse(content)
  if (parsed.success) return ok(parsed.data)
  return err(parsed.error.issues.map((issue) => `${path}: ${issue.path.join('.') || '(whole file)'}: ${issue.message}`))
}
