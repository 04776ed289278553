/** Definitions from a folder of YAML and JSON files. One that is wrong is named with all its problems; the others are still loaded. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { parseDefinition } from '../definition/parse.ts'

export interface LoadedDefinitions {
  readonly definitions: readonly CompiledDefinition[]
  readonly problems: readonly string[]
}

export const loadDefinitions = (folder: string): LoadedDefinitions => {
  const definitions: CompiledDefinition[] = []
  const problems: string[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!/\.(ya?ml|json)$/.test(file)) continue
    const parsed = parseDefinition(readFileSync(join(folder, file), 'utf8'), { format: file.endsWith('.json') ? 'json' : 'yaml' })
    if (parsed.ok) definitions.push(parsed.value)
    else
      for (const { path, message, line } of parsed.error)
        problems.push(`${file}${line === undefined ? '' : `:${line}`}${path === '' ? '' : ` ${path}`}: ${message}`)
  }
  return { definitions, problems }
}
