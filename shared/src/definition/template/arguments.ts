/** Arguments against parameters: all that is unknown, missing or unfit at once; what is left out takes its default. */
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { DefinitionProblem } from '../definition.ts'
import { duration } from '../durations.ts'
import { compileInputSchema } from '../input.ts'
import { didYouMean } from '../nearest.ts'
import { problem } from '../problem.ts'
import type { Parameter, Template } from './template.ts'

const anyDuration = duration(0)

/** The parameter as a JSON Schema, which also describes it to whoever draws a form. */
export const schemaOf = (parameter: Parameter): JsonObject => {
  const { type, title, description, ...rest } = parameter
  const said = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) }
  if (parameter.type === 'choice') {
    const { options, default: fallback } = parameter
    return { ...said, enum: options, ...(fallback === undefined ? {} : { default: fallback }) }
  }
  return { ...said, type: JSON_TYPE[parameter.type], ...rest }
}

const JSON_TYPE = { text: 'string', integer: 'integer', number: 'number', duration: 'integer', boolean: 'boolean' } as const

/** Why a value does not fit; empty when it does. */
export const misfitsOf = (parameter: Parameter, value: Json): readonly string[] =>
  compileInputSchema(schemaOf(parameter))
    .check(value)
    .map((what) => what.replace(/^input: /, ''))

export const readArguments = ({ parameters }: Template, given: Json): Result<ReadonlyMap<string, Json>, DefinitionProblem[]> => {
  if (!isJsonObject(given)) return err([problem('bad-parameter', 'parameters', 'must be an object')])
  const names = Object.keys(parameters)
  const problems = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) =>
      problem('unknown-parameter', `parameters.${name}`, `there is no parameter "${name.slice(0, 64)}"${didYouMean(name, names)}`),
    )
  const values = new Map<string, Json>()
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = readOne(parameter, Object.hasOwn(given, name) ? given[name] : undefined)
    if (value.ok) values.set(name, value.value)
    else
      problems.push(
        ...value.error.map((what) => problem(what === MISSING ? 'missing-parameter' : 'bad-parameter', `parameters.${name}`, what)),
      )
  }
  return problems.length === 0 ? ok(values) : err(problems)
}

const MISSING = 'is missing'

const readOne = (parameter: Parameter, given: Json | undefined): Result<Json, readonly string[]> => {
  const value = given ?? parameter.default
  if (value === undefined) return err([MISSING])
  if (parameter.type !== 'duration') return judged(parameter, value)
  const read = anyDuration.safeParse(value)
  return read.success ? judged(parameter, read.data) : err(read.error.issues.map(({ message }) => message))
}

const judged = (parameter: Parameter, value: Json): Result<Json, readonly string[]> => {
  const misfits = misfitsOf(parameter, value)
  return misfits.length === 0 ? ok(value) : err(misfits)
}
