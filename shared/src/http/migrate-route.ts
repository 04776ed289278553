/** Moving a workflow to another version of its definition; refused with every reason where anything would be lost. */
import { createRoute, z } from '@hono/zod-openapi'
import { refusal } from '../values/refusal.ts'
import type { NodeApi } from './node-api.ts'
import { refused } from './problem.ts'
import { type Api, bodyOf, guardedWithBody, id, problems, workflowParams } from './route-parts.ts'
import { decideOn, outcomes } from './workflow-changes.ts'
import { notFound, visibleWorkflow } from './workflow-queries.ts'

const migrate = createRoute({
  method: 'post',
  path: '/api/v1/workflows/{id}/migrate',
  summary: 'Lets a workflow go on under another version of its definition',
  ...guardedWithBody('planner'),
  request: {
    params: workflowParams,
    body: bodyOf(
      z
        .strictObject({
          version: z.int().positive().exactOptional().openapi({ description: 'without it, the latest' }),
          mapping: z.record(id, id).exactOptional().openapi({ description: 'old step → new step, where the names differ' }),
        })
        .openapi('MigrateWorkflow'),
    ),
  },
  responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503) },
})

export const addMigrateRoute = (api: Api, node: NodeApi): void => {
  api.openapi(migrate, async (context) => {
    const { id: workflow } = context.req.valid('param')
    const { version, mapping } = context.req.valid('json')
    const found = await visibleWorkflow(node, context.var.principal, workflow)
    if (found === undefined) return notFound(context)
    const { name } = found.definition
    const definition = node.library.definition(name, version)
    if (definition === undefined)
      return refused(context, refusal('fix-request', 'unknown-definition', `This node knows no version ${version ?? ''} of ${name}.`))
    return decideOn(node, context, workflow, {
      type: 'migrate',
      definition: definition.hash,
      ...(mapping === undefined ? {} : { mapping }),
    })
  })
}
