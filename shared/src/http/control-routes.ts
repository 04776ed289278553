/**
 * Leading a workflow back, taking it up again, ending it, moving it to another stage, and keeping points to come back to. Each is a decision like any other: what this
 * node may decide is answered 200, what it could only write down for the workflow's authority 202.
 */
import { createRoute, z } from '@hono/zod-openapi'
import { checkpointDetail, checkpointView } from './control-views.ts'
import type { NodeApi } from './node-api.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, line, problems, wholeNumber, workflowParams } from './route-parts.ts'
import { decideOn, outcomes } from './workflow-changes.ts'
import { notFound, visibleWorkflow } from './workflow-queries.ts'

const MAX_STEPS_BACK = 2_000

const reason = line(500)
/** A step's id; an item of a map adds its number, as in `pick/2`. */
export const stepName = z.string().regex(/^[a-z0-9_-]{1,64}(\/\d{1,6})?$/, 'must be the id of a step, or of an item such as pick/2')

const oneWay = ({ to, steps }: { readonly to?: string | undefined; readonly steps?: number | undefined }): boolean =>
  (to === undefined) !== (steps === undefined)
const ONE_WAY = 'give to or steps, and not both'

const rollbackMembers = {
  to: id.exactOptional().openapi({ description: 'back to before this step, with all that followed from it' }),
  steps: z.int().min(1).max(MAX_STEPS_BACK).exactOptional().openapi({ description: 'back over so many steps that completed last' }),
}
const restoreMembers = {
  checkpoint: line(256).exactOptional().openapi({ description: 'a name; without it or a position, the latest' }),
  position: z.int().min(1).exactOptional().openapi({ description: 'back over what settled after so many entries of the log' }),
}

const rollbackBody = z
  .strictObject({ ...rollbackMembers, reason })
  .refine(oneWay, ONE_WAY)
  .openapi('RollBackWorkflow')

const recoverBody = z
  .discriminatedUnion('strategy', [
    z.strictObject({ strategy: z.literal('retry'), reason }),
    z.strictObject({ strategy: z.literal('rollback'), reason, ...rollbackMembers }).refine(oneWay, ONE_WAY),
    z.strictObject({ strategy: z.literal('restore'), reason, ...restoreMembers }),
    z.strictObject({ strategy: z.literal('manual'), reason, queue: id }),
  ])
  .openapi('RecoverWorkflow')

export const decision = <Verb extends string, Body extends z.ZodType>(
  verb: Verb,
  role: 'operator' | 'planner',
  summary: string,
  body: Body,
) =>
  createRoute({
    method: 'post',
    path: `/api/v1/workflows/{id}/${verb}` as const,
    summary,
    ...guardedWithBody(role),
    request: { params: workflowParams, body: bodyOf(body) },
    responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503) },
  })

const terminate = decision(
  'terminate',
  'planner',
  'Ends a workflow at once; nothing is undone',
  z.strictObject({ reason }).openapi('TerminateWorkflow'),
)
const rollback = decision('rollback', 'planner', 'Goes back, undoing what was completed, and on from there', rollbackBody)
const retry = decision(
  'retry',
  'planner',
  'Does again what failed; completed steps are not run again',
  z.strictObject({ reason, step: stepName.exactOptional() }).openapi('RetryWorkflow'),
)
const recover = decision('recover', 'planner', 'Recovers by retry, rollback, restore or manual review', recoverBody)
const checkpoint = decision(
  'checkpoint',
  'operator',
  'Keeps a point to come back to',
  z.strictObject({ name: line(256) }).openapi('CheckpointWorkflow'),
)

const stage = decision(
  'stage',
  'operator',
  "Moves a workflow on in its definition's own lifecycle",
  z.strictObject({ stage: id, reason: reason.exactOptional() }).openapi('EnterStage'),
)

const checkpoints = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/checkpoints',
  summary: 'Lists the latest points to come back to',
  ...guarded('viewer'),
  request: { params: workflowParams },
  responses: { 200: answers(z.object({ items: z.array(checkpointView).readonly() }), 'Oldest first'), ...problems(404) },
})

const oneCheckpoint = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/checkpoints/{position}',
  summary: 'Shows what a checkpoint holds: the state, who had which task, what was taken of resources',
  ...guarded('viewer'),
  request: { params: workflowParams.extend({ position: wholeNumber.openapi({ param: { name: 'position', in: 'path' } }) }) },
  responses: { 200: answers(checkpointDetail, 'The checkpoint'), ...problems(404) },
})

export const addControlRoutes = (api: Api, node: NodeApi): void => {
  api.openapi(terminate, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'terminate', ...context.req.valid('json') }),
  )
  api.openapi(rollback, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'rollback', ...context.req.valid('json') }),
  )
  api.openapi(retry, (context) => decideOn(node, context, context.req.valid('param').id, { type: 'retry', ...context.req.valid('json') }))
  api.openapi(recover, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'recover', ...context.req.valid('json') }),
  )
  api.openapi(checkpoint, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'checkpoint', ...context.req.valid('json') }),
  )
  api.openapi(stage, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'enter-stage', ...context.req.valid('json') }),
  )
  api.openapi(checkpoints, async (context) => {
    const workflow = await visibleWorkflow(node, context.var.principal, context.req.valid('param').id)
    return workflow === undefined ? notFound(context) : context.json({ items: workflow.checkpoints ?? [] }, 200)
  })
  api.openapi(oneCheckpoint, async (context) => {
    const { id: workflow, position } = context.req.valid('param')
    if ((await visibleWorkflow(node, context.var.principal, workflow)) === undefined) return notFound(context)
    const found = await node.people.checkpoint(workflow, position)
    return found === undefined ? notFound(context) : context.json(found, 200)
  })
}
