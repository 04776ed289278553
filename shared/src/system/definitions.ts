/**
 * Definitions and templates from a folder of YAML and JSON files. One that is wrong is named with all its problems; the others are still
 * loaded.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { parseAuthored } from '../definition/template/parse.ts'
import { TemplateShelf } from '../definition/template/shelf.ts'

export interface LoadedDefinitions {
  readonly definitions: readonly CompiledDefinition[]
  readonly templates: TemplateShelf
  readonly problems: readonly string[]
}

export const loadDefinitions = (folder: string): LoadedDefinitions => {
  const definitions: CompiledDefinition[] = []
  const templates = new TemplateShelf()
  const problems: string[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!/\.(ya?ml|json)$/.test(file)) continue
    const parsed = parseAuthored(readFileSync(join(folder, file), 'utf8'), { format: file.endsWith('.json') ? 'json' : 'yaml' })
    if (!parsed.ok) {
      for (const { path, message, line } of parsed.error)
        problems.push(`${file}${line === undefined ? '' : `:${line}`}${path === '' ? '' : ` ${path}`}: ${message}`)
    } else if (parsed.value.kind === 'definition') definitions.push(parsed.value.definition)
    else {
      const problem = templates.add(parsed.value.template)
      if (problem !== undefined) problems.push(`${file}: ${problem}`)
    }
  }
  return { definitions, templates, problems }
}
