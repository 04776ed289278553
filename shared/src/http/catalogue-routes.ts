/** A facility's catalogue: what is published into it reaches every node that keeps the facility, also after an outage. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { PaperName } from '../document/paper/index.ts'
import { catalogueIdOf } from '../values/ids.ts'
import type { ApiEnv } from './environment.ts'
import type { Library } from './library.ts'
import { answerTo, definitionDraft } from './library-routes.ts'
import { publishedView } from './library-views.ts'
import { diff, EDIT_PROBLEMS, edit, history, message, paperRoutes, show } from './paper-handling.ts'
import { catalogueView, viewOfCatalogue } from './paper-views.ts'
import type { PapersApi } from './papers.ts'
import { seesFacility } from './principal.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guardedWithBody, id, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const facilityParams = z.object({ facility: id.openapi({ param: { name: 'facility', in: 'path' }, example: 'harbour' }) })
const routes = paperRoutes('/api/v1/catalogues/{facility}', facilityParams, catalogueView)

const publish = createRoute({
  method: 'post',
  path: '/api/v1/catalogues/{facility}/definitions',
  summary: 'Publishes a definition here and into the catalogue of a facility',
  description: 'Every node that keeps the facility publishes it when it hears of it.',
  ...guardedWithBody('planner'),
  request: { params: facilityParams, body: bodyOf(z.strictObject({ draft: definitionDraft, message }).openapi('PublishIntoCatalogue')) },
  responses: {
    200: answers(publishedView, 'It was published before'),
    201: answers(publishedView, 'Published'),
    ...problems(...EDIT_PROBLEMS),
  },
})

export const addCatalogueRoutes = (api: Api, papers: PapersApi, library: Library): void => {
  const named = (context: Context<ApiEnv>, home: string): PaperName | undefined =>
    seesFacility(context.var.principal, home) ? { id: catalogueIdOf(home), home, kind: 'catalogue' } : undefined
  api.openapi(routes.one, (context) =>
    show(context, papers, named(context, context.req.valid('param').facility), context.req.valid('query').version, viewOfCatalogue),
  )
  api.openapi(routes.edit, (context) => {
    const name = named(context, context.req.valid('param').facility)
    return edit(context, papers, name, context.req.valid('json'), context.req.valid('header')['if-match'], viewOfCatalogue)
  })
  api.openapi(routes.history, (context) => history(context, papers, named(context, context.req.valid('param').facility)))
  api.openapi(routes.diff, (context) =>
    diff(context, papers, named(context, context.req.valid('param').facility), context.req.valid('query')),
  )
  api.openapi(publish, async (context) => {
    const name = named(context, context.req.valid('param').facility)
    if (name === undefined) return notFound(context)
    const { draft, message: why } = context.req.valid('json')
    const published = await library.publish(draft, false)
    if (!published.ok) return answerTo(context, published, '/draft')
    const { hash, definition } = published.value.view
    const patch = { definitions: { [hash]: JSON.stringify(definition) } }
    const edited = await papers.edit({ paper: name, edit: { patch, message: why, by: context.var.principal.name }, isNew: false })
    return edited.ok ? answerTo(context, published, '/draft') : refused(context, edited.error)
  })
}
