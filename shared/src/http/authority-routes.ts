/** Who runs a facility, and the two ways in which people change that. What lies outside the caller's facilities does not exist for them. */
import { createRoute, z } from '@hono/zod-openapi'
import { type AuthorityDesk, authorityView } from './authority.ts'
import { seesFacility } from './principal.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, line, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const params = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'harbour' }) })

const look = createRoute({
  method: 'get',
  path: '/api/v1/facilities/{id}/authority',
  summary: 'Says which gateway runs a facility, and under which epoch',
  ...guarded('viewer'),
  request: { params },
  responses: { 200: answers(authorityView, 'As this node knows it'), ...problems(404) },
})

const handOver = createRoute({
  method: 'post',
  path: '/api/v1/facilities/{id}/handover',
  summary: 'Hands a facility over to another of its gateways',
  description:
    'The holder finishes what it is doing, writes that its epoch ends, and the successor goes on under the next. ' +
    'Handed over to the holder itself, it begins a new epoch.',
  ...guardedWithBody('planner'),
  request: { params, body: bodyOf(z.strictObject({ to: id })) },
  responses: { 200: answers(authorityView, 'Handed over'), ...problems(404, 409, 422, 503) },
})

const declareLost = createRoute({
  method: 'post',
  path: '/api/v1/facilities/{id}/declare-lost',
  summary: 'Says that the gateway that runs a facility will not come back by itself',
  description:
    'The only way to end an epoch that is held until released when its holder can not be reached. If the holder is at work all the same, ' +
    'two gateways execute at once until it hears of it; what it did is kept, and shown as a conflict.',
  ...guardedWithBody('admin'),
  request: { params, body: bodyOf(z.strictObject({ reason: line(1024), heir: id.exactOptional() })) },
  responses: { 200: answers(authorityView, 'As it is now'), ...problems(404, 409, 422, 503) },
})

export const addAuthorityRoutes = (api: Api, desk: AuthorityDesk): void => {
  api.openapi(look, (context) => {
    const { id: facility } = context.req.valid('param')
    const view = seesFacility(context.var.principal, facility) ? desk.of(facility) : undefined
    return view === undefined ? notFound(context) : context.json(view, 200)
  })
  api.openapi(handOver, async (context) => {
    const { principal } = context.var
    const { id: facility } = context.req.valid('param')
    if (!seesFacility(principal, facility) || desk.of(facility) === undefined) return notFound(context)
    const done = await desk.handOver(facility, context.req.valid('json').to, principal.name)
    return done.ok ? context.json(done.value, 200) : refused(context, done.error)
  })
  api.openapi(declareLost, async (context) => {
    const { principal } = context.var
    const { id: facility } = context.req.valid('param')
    if (!seesFacility(principal, facility) || desk.of(facility) === undefined) return notFound(context)
    const done = await desk.declareLost(facility, context.req.valid('json'), principal.name)
    return done.ok ? context.json(done.value, 200) : refused(context, done.error)
  })
}
