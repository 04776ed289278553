/** Definitions and templates as the API shows them. */
import { z } from '@hono/zod-openapi'
import type { CompiledDefinition } from '../definition/compiled.ts'
import { schemaOf } from '../definition/template/arguments.ts'
import type { Template } from '../definition/template/template.ts'
import { jsonValue } from './views.ts'

const described = {
  name: z.string(),
  version: z.number().int(),
  title: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).readonly(),
}

export const definitionView = z.object({ ...described, hash: z.string(), inputSchema: jsonValue.optional() }).openapi('DefinitionView')
export type DefinitionView = z.infer<typeof definitionView>

export const definitionDetail = definitionView.extend({ definition: jsonValue }).openapi('DefinitionDetail')

export const templateView = z
  .object({ ...described, parameters: jsonValue.openapi({ description: 'name → JSON Schema, with title, description and default' }) })
  .openapi('TemplateView')
export type TemplateView = z.infer<typeof templateView>

export const templateDetail = templateView.extend({ definition: jsonValue }).openapi('TemplateDetail')

export const warningView = z.object({ code: z.string(), path: z.string(), message: z.string() })

export const publishedView = z
  .object({
    name: z.string(),
    version: z.number().int(),
    hash: z.string(),
    definition: jsonValue,
    warnings: z.array(warningView).readonly(),
  })
  .openapi('Published')
export type PublishedView = z.infer<typeof publishedView>

export const viewOfDefinition = ({ hash, definition }: CompiledDefinition): DefinitionView => ({
  ...describe(definition),
  hash,
  ...(definition.inputSchema === undefined ? {} : { inputSchema: definition.inputSchema }),
})

export const viewOfTemplate = (template: Template): TemplateView => ({
  ...describe(template),
  parameters: Object.fromEntries(
    Object.entries(template.parameters).map(([name, parameter]) => [
      name,
      // People write durations as they like; the schema alone would say milliseconds only.
      parameter.type === 'duration' ? { ...schemaOf(parameter), format: 'duration', type: ['integer', 'string'] } : schemaOf(parameter),
    ]),
  ),
})

interface Described {
  readonly name: string
  readonly version: number
  readonly title: string
  readonly description?: string
  readonly tags?: readonly string[]
}

const describe = ({ name, version, title, description, tags = [] }: Described) => ({
  name,
  version,
  title,
  ...(description === undefined ? {} : { description }),
  tags,
})
