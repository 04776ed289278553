/**
 * Checks a template when it is registered, so that its users meet only mistakes of their own: every placeholder has a parameter, every
 * default fits its bounds, and where all parameters have defaults the definition they make is compiled.
 */
import type { Json } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { DefinitionProblem } from '../definition.ts'
import { forbiddenKeysOf } from '../forbidden.ts'
import { compileInputSchema } from '../input.ts'
import { didYouMean } from '../nearest.ts'
import { problem, warning } from '../problem.ts'
import { misfitsOf, schemaOf } from './arguments.ts'
import { instantiate } from './instantiate.ts'
import { placeholdersOf, quotedPlaceholders } from './placeholders.ts'
import { readTemplate } from './schema.ts'
import type { Parameter, Template } from './template.ts'

export type TemplateCompilation = Result<
  { readonly template: Template; readonly warnings: readonly DefinitionProblem[] },
  DefinitionProblem[]
>

export const compileTemplate = (json: Json): TemplateCompilation => {
  const forbidden = forbiddenKeysOf(json)
  if (forbidden.length > 0) return err([...forbidden])
  const read = readTemplate(json)
  if (!read.ok) return read
  const template = read.value
  const found = [...Object.entries(template.parameters).flatMap(problemsOfParameter), ...placeholders(template)]
  const errors = found.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) return err(found)
  const trial = problemsOfTrial(template)
  return trial.some(({ severity }) => severity === 'error') ? err([...found, ...trial]) : ok({ template, warnings: [...found, ...trial] })
}

const problemsOfParameter = ([name, parameter]: readonly [string, Parameter]): readonly DefinitionProblem[] => {
  const path = `parameters.${name}`
  const schema = compileInputSchema(schemaOf(parameter)).problems
  if (schema.length > 0) return schema.map((found) => ({ ...found, path: found.path.replace('inputSchema', path) }))
  const empty = emptyBounds(parameter)
  if (empty !== undefined) return [problem('bad-bounds', path, empty)]
  const misfits = parameter.default === undefined ? [] : misfitsOf(parameter, parameter.default)
  return misfits.map((what) => problem('bad-default', `${path}.default`, what))
}

const emptyBounds = (parameter: Parameter): string | undefined => {
  if (parameter.type === 'boolean' || parameter.type === 'choice') return undefined
  const [low, high] = parameter.type === 'text' ? [parameter.minLength, parameter.maxLength] : [parameter.minimum, parameter.maximum]
  return low !== undefined && high !== undefined && low > high ? `no value is at least ${low} and at most ${high}` : undefined
}

const placeholders = ({ parameters, definition }: Template): readonly DefinitionProblem[] => {
  const used = placeholdersOf(definition, 'definition')
  const names = Object.keys(parameters)
  const unknown = used
    .filter(({ text }) => !names.includes(text))
    .map(({ path, text }) => problem('unknown-parameter', path, `there is no parameter "${text}"${didYouMean(text, names)}`))
  const unused = names
    .filter((name) => !used.some(({ text }) => text === name))
    .map((name) => warning('unused-parameter', `parameters.${name}`, 'nothing in the definition depends on it'))
  const quoted = quotedPlaceholders(definition).map(({ path, text }) =>
    problem(
      'quoted-parameter',
      `definition.${path}`,
      `write \${${text}} without quotes: in an expression it becomes a literal with its own`,
    ),
  )
  return [...unknown, ...quoted, ...unused]
}

const problemsOfTrial = (template: Template): readonly DefinitionProblem[] => {
  if (Object.values(template.parameters).some((parameter) => parameter.default === undefined)) return []
  const made = instantiate(template, { parameters: {} })
  const found = made.ok ? made.value.warnings : made.error
  return found.map((each) => ({ ...each, path: each.path === '' ? 'definition' : `definition.${each.path}` }))
}
