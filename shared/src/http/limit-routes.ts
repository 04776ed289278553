/** Circuit breakers and what there is only so much of. What lies outside the caller's facilities does not exist for them. */
import { createRoute, z } from '@hono/zod-openapi'
import { breakerView, resourceView } from './limit-views.ts'
import type { LimitsApi } from './limits.ts'
import { seesFacility } from './principal.ts'
import { refused } from './problem.ts'
import { type Api, answers, guarded, id, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const breakers = createRoute({
  method: 'get',
  path: '/api/v1/circuit-breakers',
  summary: 'Lists circuit breakers, and which of them are open',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(breakerView).readonly() }), 'All the caller may see'), ...problems() },
})

const name = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}:[a-z0-9_-]{1,64}$/)
  .openapi({ param: { name: 'name', in: 'path' }, example: 'order:pay' })

const reset = createRoute({
  method: 'post',
  path: '/api/v1/circuit-breakers/{name}/reset',
  summary: 'Closes a circuit breaker: what made it open has been seen to',
  ...guarded('operator'),
  request: {
    params: z.object({ name }),
    query: z.object({ facility: id.optional().openapi({ description: 'needed only where several facilities have it' }) }),
  },
  responses: { 200: answers(breakerView, 'As it is now'), ...problems(404, 409, 422, 503) },
})

const resources = createRoute({
  method: 'get',
  path: '/api/v1/resources',
  summary: 'Lists what there is only so much of: who holds it, and who waits for it',
  description: 'Known where workflows run, so a coordinator lists nothing.',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(resourceView).readonly() }), 'All there is'), ...problems() },
})

export const addLimitRoutes = (api: Api, limits: LimitsApi): void => {
  api.openapi(breakers, async (context) => {
    const all = await limits.breakers()
    return context.json({ items: all.filter(({ facility }) => seesFacility(context.var.principal, facility)) }, 200)
  })
  api.openapi(reset, async (context) => {
    const { principal } = context.var
    const wanted = context.req.valid('param').name
    const { facility: at } = context.req.valid('query')
    const find = async () =>
      (await limits.breakers()).filter(
        ({ name: each, facility }) => each === wanted && (at === undefined || at === facility) && seesFacility(principal, facility),
      )
    const [found, other] = await find()
    if (found === undefined || other !== undefined) return notFound(context)
    const done = await limits.reset(found.facility, wanted, principal.name)
    if (!done.ok) return refused(context, done.error)
    const [now = found] = await find()
    return context.json(now, 200)
  })
  api.openapi(resources, (context) => context.json({ items: limits.resources() }, 200))
}
