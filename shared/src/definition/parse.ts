/** From an author's text to a definition ready to run, each problem with its line and column. */
import { err, ok } from '../values/result.ts'
import { type Compilation, compileJson } from './compile.ts'
import { readText, type TextFormat } from './text.ts'

export interface ParseOptions {
  /** YAML unless said otherwise; it reads JSON too, only less strictly. */
  readonly format?: TextFormat
}

export const parseDefinition = (text: string, options: ParseOptions = {}): Compilation => {
  const read = readText(text, options.format ?? 'yaml')
  if (!read.ok) return read
  const { json, problems, locate } = read.value
  const compiled = compileJson(json)
  if (!compiled.ok) return err([...problems, ...compiled.error.map(locate)])
  if (problems.length > 0) return err([...problems])
  return ok({ ...compiled.value, warnings: compiled.value.warnings.map(locate) })
}
