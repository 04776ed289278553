/** Definitions: found, shown, published. Templates: found, shown, made into definitions. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { jsonOf } from '../definition/build.ts'
import type { DefinitionProblem } from '../definition/definition.ts'
import { isJsonObject, type JsonObject } from '../values/json.ts'
import type { Result } from '../values/result.ts'
import type { ApiEnv } from './environment.ts'
import type { Library, PublishOutcome, Unpublished } from './library.ts'
import {
  definitionDetail,
  definitionView,
  publishedView,
  templateDetail,
  templateView,
  viewOfDefinition,
  viewOfTemplate,
} from './library-views.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, line, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const version = z.coerce.number().int().positive()
const flag = z.enum(['true', 'false']).default('false')
const named = z.object({ name: id.openapi({ param: { name: 'name', in: 'path' }, example: 'order-fulfilment' }) })
const ofVersion = z.strictObject({ version: version.optional().openapi({ description: 'without it, the latest' }) })
const search = {
  q: line(200).optional().openapi({ description: 'words of the name, title, description or tags' }),
  tag: line(500).optional().openapi({ description: 'tags it must bear, separated by commas' }),
}
const previewing = z.strictObject({ preview: flag.openapi({ description: 'true: check and show it, publish nothing' }) })
const definitionBody = z.custom<JsonObject>(isJsonObject, 'must be a definition').openapi({ type: 'object' })

export const definitionDraft = z.union([
  z.strictObject({ text: z.string(), format: z.enum(['yaml', 'json']).default('yaml') }),
  z.strictObject({ definition: definitionBody }),
])

const definitions = createRoute({
  method: 'get',
  path: '/api/v1/definitions',
  summary: 'Finds published definitions',
  ...guarded('viewer'),
  request: { query: z.strictObject({ ...search, versions: z.enum(['latest', 'all']).default('latest') }) },
  responses: { 200: answers(z.object({ items: z.array(definitionView).readonly() }), 'By name'), ...problems(422) },
})

const definition = createRoute({
  method: 'get',
  path: '/api/v1/definitions/{name}',
  summary: 'Shows a definition',
  ...guarded('viewer'),
  request: { params: named, query: ofVersion },
  responses: { 200: answers(definitionDetail, 'The definition'), ...problems(404, 422) },
})

const publish = createRoute({
  method: 'post',
  path: '/api/v1/definitions',
  summary: 'Publishes a definition',
  description: 'A version never changes once it is published. Everything that is not right is listed, with its place.',
  ...guardedWithBody('planner'),
  request: {
    query: previewing,
    body: bodyOf(definitionDraft.openapi('PublishDefinition')),
  },
  responses: {
    200: answers(publishedView, 'It was published before, or is only shown'),
    201: answers(publishedView, 'Published'),
    ...problems(400, 409, 413, 415, 422, 503, 507),
  },
})

const templates = createRoute({
  method: 'get',
  path: '/api/v1/templates',
  summary: 'Finds templates',
  ...guarded('viewer'),
  request: { query: z.strictObject(search) },
  responses: { 200: answers(z.object({ items: z.array(templateView).readonly() }), 'By name'), ...problems(422) },
})

const template = createRoute({
  method: 'get',
  path: '/api/v1/templates/{name}',
  summary: 'Shows a template and its parameters',
  ...guarded('viewer'),
  request: { params: named, query: ofVersion },
  responses: { 200: answers(templateDetail, 'The template'), ...problems(404, 422) },
})

const instantiated = createRoute({
  method: 'post',
  path: '/api/v1/templates/{name}/instantiate',
  summary: 'Makes a definition of a template and publishes it',
  ...guardedWithBody('planner'),
  request: {
    params: named,
    query: previewing.extend({ version: version.optional().openapi({ description: "the template's; without it, the latest" }) }),
    body: bodyOf(
      z
        .strictObject({
          parameters: definitionBody.default({}),
          name: id.optional().openapi({ description: 'of the definition, in place of what the template says' }),
          version: z.number().int().positive().optional().openapi({ description: 'of the definition' }),
        })
        .openapi('InstantiateTemplate'),
    ),
  },
  responses: {
    200: answers(publishedView, 'It was published before, or is only shown'),
    201: answers(publishedView, 'Published'),
    ...problems(400, 404, 409, 413, 415, 422, 503, 507),
  },
})

export const addLibraryRoutes = (api: Api, library: Library): void => {
  api.openapi(definitions, (context) => {
    const { versions, ...wanted } = context.req.valid('query')
    return context.json({ items: library.definitions(searchOf(wanted), versions === 'all').map(viewOfDefinition) }, 200)
  })
  api.openapi(definition, (context) => {
    const found = library.definition(context.req.valid('param').name, context.req.valid('query').version)
    if (found === undefined) return notFound(context)
    return context.json({ ...viewOfDefinition(found), definition: jsonOf(found.definition) }, 200)
  })
  api.openapi(publish, async (context) => {
    const preview = context.req.valid('query').preview === 'true'
    return answerTo(context, await library.publish(context.req.valid('json'), preview), '/definition')
  })
  api.openapi(templates, (context) =>
    context.json({ items: library.templates(searchOf(context.req.valid('query'))).map(viewOfTemplate) }, 200),
  )
  api.openapi(template, (context) => {
    const found = library.template(context.req.valid('param').name, context.req.valid('query').version)
    return found === undefined ? notFound(context) : context.json({ ...viewOfTemplate(found), definition: found.definition }, 200)
  })
  api.openapi(instantiated, async (context) => {
    const { version: wanted, preview } = context.req.valid('query')
    const found = library.template(context.req.valid('param').name, wanted)
    if (found === undefined) return notFound(context)
    const { parameters, name, version: given } = context.req.valid('json')
    const instance = { parameters, ...(name === undefined ? {} : { name }), ...(given === undefined ? {} : { version: given }) }
    return answerTo(context, await library.instantiate(found, instance, preview === 'true'), '')
  })
}

const searchOf = ({ q, tag }: { readonly q?: string | undefined; readonly tag?: string | undefined }) => ({
  ...(q === undefined ? {} : { text: q }),
  ...(tag === undefined ? {} : { tags: tag.split(',') }),
})

export const answerTo = (context: Context<ApiEnv>, settled: Result<PublishOutcome, Unpublished>, root: string): Response => {
  if (!settled.ok) {
    const { refusal, problems: found } = settled.error
    return refused(context, refusal, found.length === 0 ? {} : { errors: found.map((each) => problemErrorOf(each, root)) })
  }
  const { view, outcome } = settled.value
  if (outcome === 'preview') return context.json(view, 200)
  const headers = { Location: `/api/v1/definitions/${view.name}?version=${view.version}` }
  return outcome === 'published' ? context.json(view, 201, headers) : context.json(view, 200, { ...headers, 'Idempotent-Replay': 'true' })
}

export const problemErrorOf = ({ code, path, message, line: at, column }: DefinitionProblem, root: string) => ({
  pointer: path === '' ? root : `${root}/${path.split('.').map(escaped).join('/')}`,
  detail: message,
  code,
  ...(at === undefined ? {} : { line: at }),
  ...(column === undefined ? {} : { column }),
})

/** RFC 6901. */
const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')
