/** The authored form of a template: a file that says `template:` where a definition says `name:`. */
import { z } from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../../values/json.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { DefinitionProblem } from '../definition.ts'
import { duration } from '../durations.ts'
import { problemsOfIssue } from '../problem.ts'
import { id, strict, tags, text, version } from '../schema-parts.ts'
import type { Template } from './template.ts'

const MAX_PARAMETERS = 100

const described = { title: text.exactOptional(), description: text.exactOptional() }
const length = z.int().min(0).max(10_000)
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, { error: 'expected a letter, then up to 63 letters, digits or "_"' })

const parameter = z.discriminatedUnion('type', [
  strict({
    type: z.literal('text'),
    ...described,
    default: z.string().exactOptional(),
    minLength: length.exactOptional(),
    maxLength: length.exactOptional(),
    pattern: z.string().exactOptional(),
  }),
  strict({
    type: z.enum(['integer', 'number']),
    ...described,
    default: z.number().exactOptional(),
    minimum: z.number().exactOptional(),
    maximum: z.number().exactOptional(),
  }),
  strict({
    type: z.literal('duration'),
    ...described,
    default: duration(0).exactOptional(),
    minimum: duration(0).exactOptional(),
    maximum: duration(0).exactOptional(),
  }),
  strict({ type: z.literal('boolean'), ...described, default: z.boolean().exactOptional() }),
  strict({
    type: z.literal('choice'),
    ...described,
    options: z.array(z.string().min(1).max(200)).min(1).max(200).readonly(),
    default: z.string().exactOptional(),
  }),
])

const templateSchema = strict({
  template: id,
  version,
  title: text.exactOptional(),
  description: z.string().max(10_000).exactOptional(),
  tags: tags.default([]),
  parameters: z
    .record(name, parameter)
    .refine((parameters) => Object.keys(parameters).length <= MAX_PARAMETERS, { error: `at most ${MAX_PARAMETERS} parameters` })
    .default({}),
  definition: z.custom<JsonObject>(isJsonObject, { error: 'expected a definition' }),
}).transform(({ template, title, ...read }): Template => ({ name: template, title: title ?? template, ...read }))

export const readTemplate = (value: Json): Result<Template, DefinitionProblem[]> => {
  const read = templateSchema.safeParse(value, { reportInput: true })
  return read.success ? ok(read.data) : err(read.error.issues.flatMap(problemsOfIssue))
}
