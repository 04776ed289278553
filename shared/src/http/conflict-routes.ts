/** Conflicts: what was found and settled, what waits for a person, and that person's choice. */
import { createRoute, z } from '@hono/zod-openapi'
import { type ConflictCase, conflictCase } from './conflict-views.ts'
import type { ConflictQuery } from './conflicts.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { NodeApi } from './node-api.ts'
import { type Principal, rolesOf, seesFacility } from './principal.ts'
import { problem } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, line, problems, wholeNumber } from './route-parts.ts'
import { decideOn, outcomes } from './workflow-changes.ts'
import { notFound } from './workflow-queries.ts'

const MAX_PAGE = 200

const listQuery = z.strictObject({
  facility: id.optional(),
  workflow: id.optional(),
  kind: z.enum(['resource', 'temporal', 'data', 'safety']).optional(),
  rule: id.optional(),
  state: z.enum(['open', 'all']).default('open').openapi({ description: '`open`: a person is still to choose' }),
  limit: wholeNumber.min(1).max(MAX_PAGE).default(50),
  cursor: z.string().max(2_000).optional().openapi({ description: '`next` of the page before, with the same query' }),
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/conflicts',
  summary: 'Lists conflicts, in the order in which they were found',
  ...guarded('viewer'),
  request: { query: listQuery },
  responses: {
    200: answers(z.object({ items: z.array(conflictCase).readonly(), next: z.string().optional() }), 'A page'),
    ...problems(400, 404, 422),
  },
})

const params = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'k_3f2a…' }) })

const one = createRoute({
  method: 'get',
  path: '/api/v1/conflicts/{id}',
  summary: 'Shows a conflict: rule, inputs, options with what they lead to, and who chose',
  ...guarded('viewer'),
  request: { params },
  responses: { 200: answers(conflictCase, 'The conflict'), ...problems(404) },
})

const resolve = createRoute({
  method: 'post',
  path: '/api/v1/conflicts/{id}/resolve',
  summary: 'Settles a conflict by one of its options; the first choice counts',
  ...guardedWithBody('operator'),
  request: {
    params,
    body: bodyOf(z.strictObject({ option: line(256), comment: z.string().max(500).default('') }).openapi('ResolveConflict')),
  },
  responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503, 507) },
})

export const addConflictRoutes = (api: Api, node: NodeApi, cursorKey: Uint8Array): void => {
  const visible = async (principal: Principal, wanted: string): Promise<ConflictCase | undefined> => {
    const found = await node.conflicts.one(wanted)
    return found !== undefined && seesFacility(principal, found.facility) ? found : undefined
  }
  api.openapi(list, async (context) => {
    const { cursor, ...wanted } = context.req.valid('query')
    const query = queryOf(context.var.principal, wanted)
    if (query.facility !== undefined && !seesFacility(context.var.principal, query.facility)) return notFound(context)
    const after = cursor === undefined ? undefined : openCursor(cursorKey, query, cursor)
    if (cursor !== undefined && after === undefined) return problem(context, 'invalid-cursor', 'begin again without it')
    const { items, next } = await node.conflicts.list(after === undefined ? query : { ...query, after })
    return context.json(next === undefined ? { items } : { items, next: sealCursor(cursorKey, query, next) }, 200)
  })
  api.openapi(one, async (context) => {
    const found = await visible(context.var.principal, context.req.valid('param').id)
    return found === undefined ? notFound(context) : context.json(found, 200)
  })
  api.openapi(resolve, async (context) => {
    const { principal } = context.var
    const found = await visible(principal, context.req.valid('param').id)
    if (found === undefined) return notFound(context)
    const choice = { conflict: found.id, roles: rolesOf(principal.role), ...context.req.valid('json') }
    return decideOn(node, context, found.workflow, { type: 'resolve', ...choice })
  })
}

const queryOf = (
  { facilities }: Principal,
  { facility, workflow, kind, rule, state, limit }: Omit<z.infer<typeof listQuery>, 'cursor'>,
): ConflictQuery => ({
  facilities,
  state,
  limit,
  ...(facility === undefined ? {} : { facility }),
  ...(workflow === undefined ? {} : { workflow }),
  ...(kind === undefined ? {} : { kind }),
  ...(rule === undefined ? {} : { rule }),
})
