/** A file of the definitions folder: a definition, or a template if it says `template:`. */
import { isJsonObject } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import { type Compiled, compileJson } from '../compile.ts'
import type { DefinitionProblem } from '../definition.ts'
import type { ParseOptions } from '../parse.ts'
import { readText } from '../text.ts'
import { compileTemplate } from './compile.ts'
import type { Template } from './template.ts'

export type Authored =
  | { readonly kind: 'definition'; readonly definition: Compiled }
  | { readonly kind: 'template'; readonly template: Template }

export const parseAuthored = (text: string, options: ParseOptions = {}): Result<Authored, DefinitionProblem[]> => {
  const read = readText(text, options.format ?? 'yaml')
  if (!read.ok) return read
  const { json, problems, locate } = read.value
  const isTemplate = isJsonObject(json) && Object.hasOwn(json, 'template')
  const compiled = isTemplate ? compileTemplate(json) : compileJson(json)
  if (!compiled.ok) return err([...problems, ...compiled.error.map(locate)])
  if (problems.length > 0) return err([...problems])
  if ('template' in compiled.value) return ok({ kind: 'template', template: compiled.value.template })
  return ok({ kind: 'definition', definition: { ...compiled.value, warnings: compiled.value.warnings.map(locate) } })
}
