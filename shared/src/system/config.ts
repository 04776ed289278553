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

/** A value that fits its schema turned out to be unusable: a folder that is not there, a port that is taken. */
export class ConfigError extends Error {
  constructor(key: string, cause: unknown) {
    super(`${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'ConfigError'
  }
}

/** Uses the value of a key; what goes wrong is told with the key, as if the schema had found it. */
export const using = async <T>(key: string, use: () => T | Promise<T>): Promise<T> => {
  try {
    return await use()
  } catch (thrown) {
    throw new ConfigError(key, thrown)
  }
}
