/** From a template and arguments to a definition like any other. */
import type { Json } from '../../values/json.ts'
import { isJsonObject } from '../../values/json.ts'
import { type Compilation, compileAuthored } from '../compile.ts'
import { readArguments } from './arguments.ts'
import { fill } from './placeholders.ts'
import type { Template } from './template.ts'

export interface Instance {
  readonly parameters: Json
  /** In place of what the template says: two instances with other arguments are two definitions, and need two names or versions. */
  readonly name?: string
  readonly version?: number
}

/** @returns every problem of the arguments, at `parameters.<name>`; once they fit, every problem of what they make */
export const instantiate = (template: Template, { parameters, name, version }: Instance): Compilation => {
  const values = readArguments(template, parameters)
  if (!values.ok) return values
  const filled = fill(template.definition, values.value)
  return compileAuthored({
    ...(isJsonObject(filled) ? filled : {}),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  })
}
