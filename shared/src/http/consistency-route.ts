/** What a workflow is decided under, changed in mid-life: it holds once the hub has acknowledged it (SYN-4). */
import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { consistency } from '../definition/schema-consistency.ts'
import type { NodeApi } from './node-api.ts'
import { type Api, bodyOf, guardedWithBody, problems, workflowParams } from './route-parts.ts'
import { decideOn, outcomes } from './workflow-changes.ts'

const change = createRoute({
  method: 'put',
  path: '/api/v1/workflows/{id}/consistency',
  summary: 'Changes the consistency policy of a workflow',
  description: '`policy` is `strong`, `eventual` or `{level: bounded_staleness, maxLag, maxPending}`, as in a definition.',
  ...guardedWithBody('planner'),
  request: { params: workflowParams, body: bodyOf(z.strictObject({ policy: consistency }).openapi('SetConsistency')) },
  responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503, 507) },
})

export const addConsistencyRoute = (api: Api, node: NodeApi): void => {
  api.openapi(change, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'set-consistency', consistency: context.req.valid('json').policy }),
  )
}
