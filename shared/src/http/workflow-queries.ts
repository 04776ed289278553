/** Looking at workflows: the list, one (now or as it was), its history. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { openCursor, sealCursor } from './cursor.ts'
import type { ApiEnv } from './environment.ts'
import { etagOf } from './etag.ts'
import { type ListQuery, SORT_FIELDS } from './listing.ts'
import type { NodeApi, When } from './node-api.ts'
import { type Principal, seesFacility } from './principal.ts'
import { problem } from './problem.ts'
import { type Api, answers, guarded, id, levelQuery, line, problems, wholeNumber, workflowParams } from './route-parts.ts'
import { historyEntry, jsonValue, PRIORITIES, statusPath, type WorkflowDetail, workflowDetail, workflowSummary } from './views.ts'

const SORTS = SORT_FIELDS.flatMap((field) => [field, `-${field}`])
const MAX_PAGE = 200

const listQuery = z.strictObject({
  ...levelQuery,
  facility: id.optional(),
  status: z
    .union([z.enum(['active', 'active.executing']), statusPath])
    .optional()
    .openapi({ type: 'string', description: 'a status, or the beginning of one' }),
  definition: id.optional(),
  priority: z.enum(PRIORITIES).optional(),
  q: line(200).optional().openapi({ description: 'part of the title, key or id' }),
  sort: z.enum(SORTS).default('-updatedAt').openapi({ description: '`-` for descending' }),
  limit: wholeNumber.min(1).max(MAX_PAGE).default(50),
  cursor: z.string().max(2_000).optional().openapi({ description: '`next` of the page before, with the same query' }),
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/workflows',
  summary: 'Lists workflows',
  ...guarded('viewer'),
  request: { query: listQuery },
  responses: {
    200: answers(z.object({ items: z.array(workflowSummary).readonly(), next: z.string().optional() }), 'A page'),
    ...problems(400, 404, 422, 503),
  },
})

const whenQuery = z
  .strictObject({
    ...levelQuery,
    position: wholeNumber.optional().openapi({ description: 'after that many events' }),
    at: wholeNumber.optional().openapi({ description: 'at that moment, milliseconds since 1970' }),
  })
  .refine(({ position, at }) => position === undefined || at === undefined, 'give position or at, not both')

const one = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}',
  summary: 'Shows a workflow, as it is or as it was',
  description: 'The ETag names the state of its log; send it as If-Match with a change.',
  ...guarded('viewer'),
  request: { params: workflowParams, query: whenQuery },
  responses: { 200: answers(workflowDetail, 'The workflow'), ...problems(400, 404, 422, 503) },
})

const history = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/history',
  summary: 'Lists what happened to a workflow, oldest first',
  ...guarded('viewer'),
  request: {
    params: workflowParams,
    query: z.strictObject({ ...levelQuery, after: wholeNumber.default(0), limit: wholeNumber.min(1).max(1_000).default(MAX_PAGE) }),
  },
  responses: {
    200: answers(z.object({ items: z.array(historyEntry).readonly(), next: z.number().int().optional() }), 'A page'),
    ...problems(404, 422),
  },
})

const value = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/values/{hash}',
  summary: 'Gives a large value',
  description: 'Where a value is large, other answers hold `{"$value": its SHA-256, "bytes": its size}` in its place.',
  ...guarded('viewer'),
  request: { params: workflowParams.extend({ hash: z.string().regex(/^[0-9a-f]{64}$/) }) },
  responses: { 200: answers(jsonValue, 'The value'), ...problems(404, 422) },
})

export const addWorkflowQueries = (api: Api, node: NodeApi, cursorKey: Uint8Array): void => {
  api.openapi(list, async (context) => {
    const { principal } = context.var
    const { cursor, ...wanted } = context.req.valid('query')
    if (wanted.facility !== undefined && !seesFacility(principal, wanted.facility)) return notFound(context)
    const query = queryOf(principal, wanted)
    const after = cursor === undefined ? undefined : openCursor(cursorKey, query, cursor)
    if (cursor !== undefined && after === undefined) return problem(context, 'invalid-cursor', 'begin again without it')
    const { items, next } = await node.list(after === undefined ? query : { ...query, after })
    const had = levelHad(context)
    const shown = items.map((item) => ({ ...item, ...had }))
    return context.json(next === undefined ? { items: shown } : { items: shown, next: sealCursor(cursorKey, query, next) }, 200)
  })
  api.openapi(one, async (context) => {
    const { position, at } = context.req.valid('query')
    const when = position !== undefined ? { position } : at !== undefined ? { at } : undefined
    const workflow = await visibleWorkflow(node, context.var.principal, context.req.valid('param').id, when)
    if (workflow === undefined) return notFound(context)
    return context.json({ ...workflow, ...levelHad(context) }, 200, { ETag: etagOf(workflow.log) })
  })
  api.openapi(history, async (context) => {
    const { id } = context.req.valid('param')
    if ((await visibleWorkflow(node, context.var.principal, id)) === undefined) return notFound(context)
    return context.json(await node.history(id, context.req.valid('query')), 200)
  })
  api.openapi(value, async (context) => {
    const { id, hash } = context.req.valid('param')
    if ((await visibleWorkflow(node, context.var.principal, id)) === undefined) return notFound(context)
    const found = await node.value(id, hash)
    return found === undefined ? notFound(context) : context.json(found, 200)
  })
}

/** The level that this answer is given at, or not at all (consistency.ts). */
const levelHad = (context: Context<ApiEnv>) => ({ consistency: context.var.demand?.level ?? ('eventual' as const) })

/** The workflow, unless it is not here or not for this principal: the two look the same from outside. */
export const visibleWorkflow = async (
  node: NodeApi,
  principal: Principal,
  workflow: string,
  when?: When,
): Promise<WorkflowDetail | undefined> => {
  const found = await node.get(workflow, when)
  return found !== undefined && seesFacility(principal, found.facility) ? found : undefined
}

export const notFound = (context: Context<ApiEnv>): Response => problem(context, 'not-found', 'it is not here, or not for you')

const queryOf = (principal: Principal, wanted: Omit<z.infer<typeof listQuery>, 'cursor'>): ListQuery => {
  const { facility, status, definition, priority, q, sort, limit } = wanted
  return {
    facilities: principal.facilities,
    sort: sortOf(sort),
    limit,
    ...(facility === undefined ? {} : { facility }),
    ...(status === undefined ? {} : { status }),
    ...(definition === undefined ? {} : { definition }),
    ...(priority === undefined ? {} : { priority }),
    ...(q === undefined ? {} : { text: q }),
  }
}

const sortOf = (text: string): ListQuery['sort'] => {
  const descending = text.startsWith('-')
  const field = SORT_FIELDS.find((each) => each === text.slice(descending ? 1 : 0)) ?? 'updatedAt'
  return { field, descending }
}
