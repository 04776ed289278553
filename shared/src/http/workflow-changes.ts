/**
 * Starting workflows and deciding about them. What this node may decide itself is answered 200 or 201; what it could only write down for
 * the workflow's authority is 202, and the verdict comes over the live socket; under strong consistency it is waited for a while.
 */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ApiEnv } from './environment.ts'
import { etagOf, matchesEtag } from './etag.ts'
import type { Decided, DecideOptions, NodeApi, StartRequest, Will } from './node-api.ts'
import { seesFacility } from './principal.ts'
import { problem, refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, line, problems, workflowParams } from './route-parts.ts'
import { jsonValue, PRIORITIES, type WorkflowDetail, workflowSummary } from './views.ts'
import { notFound, visibleWorkflow } from './workflow-queries.ts'

const KEY_MAX_LENGTH = 200
const key = line(KEY_MAX_LENGTH)

const decided = z
  .object({
    outcome: z.enum(['decided', 'proposed', 'unknown']).openapi({
      description: 'unknown: it was written down, and nobody who could say has said so far what becomes of it; asked again, they may have',
    }),
    workflow: workflowSummary,
    proposal: z.object({ journal: z.string(), n: z.number().int() }).optional().openapi({ description: 'its verdict will name it' }),
  })
  .openapi('Decided')
export const outcomes = { 200: answers(decided, 'Decided here'), 202: answers(decided, 'Proposed to its authority') }

const startBody = z
  .strictObject({
    facility: id,
    definition: id.openapi({ description: 'name of a published definition' }),
    version: z.number().int().positive().optional().openapi({ description: 'without it, the latest' }),
    key: key.optional().openapi({ description: 'names the workflow within its facility; without it, the Idempotency-Key header' }),
    title: line(200).optional(),
    priority: z.enum(PRIORITIES).default('normal'),
    input: jsonValue.optional(),
  })
  .openapi('StartWorkflow')

const start = createRoute({
  method: 'post',
  path: '/api/v1/workflows',
  summary: 'Starts a workflow',
  description: 'Starting twice with one key is starting once: the same content is answered again with `Idempotent-Replay: true`.',
  ...guardedWithBody('planner'),
  request: { headers: z.object({ 'idempotency-key': key.optional() }), body: bodyOf(startBody) },
  responses: {
    200: answers(decided, 'It was started before'),
    201: answers(decided, 'Started'),
    202: answers(decided, 'Proposed to its authority'),
    ...problems(400, 404, 409, 413, 415, 422, 503, 507),
  },
})

const update = createRoute({
  method: 'put',
  path: '/api/v1/workflows/{id}',
  summary: 'Changes priority or title',
  ...guardedWithBody('planner'),
  request: {
    params: workflowParams,
    headers: z.object({ 'if-match': z.string().max(1_000).optional().openapi({ description: 'required: the ETag you saw' }) }),
    body: bodyOf(
      z
        .strictObject({ priority: z.enum(PRIORITIES).optional(), title: line(200).optional() })
        .refine(({ priority, title }) => priority !== undefined || title !== undefined, 'give priority, title or both')
        .openapi('UpdateWorkflow'),
    ),
  },
  responses: { ...outcomes, ...problems(400, 404, 409, 412, 413, 415, 422, 428, 503, 507) },
})

const cancel = createRoute({
  method: 'delete',
  path: '/api/v1/workflows/{id}',
  summary: 'Cancels a workflow',
  ...guardedWithBody('planner'),
  request: { params: workflowParams, body: bodyOf(z.strictObject({ reason: line(500) }).openapi('CancelWorkflow')) },
  responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503, 507) },
})

const signal = createRoute({
  method: 'post',
  path: '/api/v1/workflows/{id}/signal',
  summary: 'Sends a signal; one id counts once',
  ...guardedWithBody('operator'),
  request: {
    params: workflowParams,
    body: bodyOf(z.strictObject({ name: line(200), id: key, payload: jsonValue.optional() }).openapi('SignalWorkflow')),
  },
  responses: { ...outcomes, ...problems(400, 404, 409, 413, 415, 422, 503, 507) },
})

const simple = <Verb extends 'pause' | 'resume'>(verb: Verb, summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/workflows/{id}/${verb}` as const,
    summary,
    ...guarded('operator'),
    request: { params: workflowParams },
    responses: { ...outcomes, ...problems(404, 409, 503, 507) },
  })

export const addWorkflowChanges = (api: Api, node: NodeApi): void => {
  const decide = (context: Context<ApiEnv>, id: string, will: Will) => decideOn(node, context, id, will)

  api.openapi(start, async (context) => {
    const { key: ownKey, version, title, input, ...rest } = context.req.valid('json')
    const key = ownKey ?? context.req.valid('header')['idempotency-key']
    if (key === undefined) return problem(context, 'idempotency-key-required', 'send a key, or the header Idempotency-Key')
    if (!seesFacility(context.var.principal, rest.facility)) return notFound(context)
    return startOn(node, context, {
      ...rest,
      key,
      input: input === undefined ? {} : input,
      by: context.var.principal.name,
      ...demandOf(context),
      ...(version === undefined ? {} : { version }),
      ...(title === undefined ? {} : { title }),
    })
  })
  api.openapi(update, async (context) => {
    const { id } = context.req.valid('param')
    const { priority, title } = context.req.valid('json')
    const changes = { ...(priority === undefined ? {} : { priority }), ...(title === undefined ? {} : { title }) }
    const workflow = await visibleWorkflow(node, context.var.principal, id)
    if (workflow === undefined) return notFound(context)
    const ifMatch = context.req.valid('header')['if-match']
    if (ifMatch === undefined) return problem(context, 'precondition-required', 'send the ETag you saw as If-Match')
    if (!matchesEtag(ifMatch, workflow.log)) return stale(context, workflow)
    const options = { by: context.var.principal.name, expected: workflow.log, ...demandOf(context) }
    return settle(node, context, workflow, { type: 'update', ...changes }, options)
  })
  api.openapi(cancel, (context) => decide(context, context.req.valid('param').id, { type: 'cancel', ...context.req.valid('json') }))
  api.openapi(signal, (context) => {
    const { name, id, payload } = context.req.valid('json')
    return decide(context, context.req.valid('param').id, { type: 'signal', name, id, payload: payload === undefined ? null : payload })
  })
  api.openapi(simple('pause', 'Pauses a workflow: what runs may finish, nothing new begins'), (context) =>
    decide(context, context.req.valid('param').id, { type: 'pause' }),
  )
  api.openapi(simple('resume', 'Lets a paused workflow go on'), (context) =>
    decide(context, context.req.valid('param').id, { type: 'resume' }),
  )
}

const startOn = async (node: NodeApi, context: Context<ApiEnv>, request: StartRequest): Promise<Response> => {
  const started = await node.start(request)
  if (!started.ok) return refused(context, started.error)
  const { outcome, workflow, replayed, proposal } = started.value
  const headers = { Location: `/api/v1/workflows/${workflow.id}` }
  const body = { outcome, workflow, ...(proposal === undefined ? {} : { proposal }) }
  if (replayed === true && outcome !== 'unknown') return context.json(body, 200, { ...headers, 'Idempotent-Replay': 'true' })
  return context.json(body, outcome === 'decided' ? 201 : 202, headers)
}

export const decideOn = async (node: NodeApi, context: Context<ApiEnv>, id: string, will: Will): Promise<Response> => {
  const workflow = await visibleWorkflow(node, context.var.principal, id)
  if (workflow === undefined) return notFound(context)
  return settle(node, context, workflow, will, { by: context.var.principal.name, ...demandOf(context) })
}

const settle = async (
  node: NodeApi,
  context: Context<ApiEnv>,
  { id }: WorkflowDetail,
  will: Will,
  options: DecideOptions,
): Promise<Response> => {
  const settled = await node.decide(id, will, options)
  if (settled.ok) return settledAnswer(context, settled.value)
  const now = settled.error.code === 'stale-version' ? await node.get(id) : undefined
  return now === undefined ? refused(context, settled.error) : stale(context, now)
}

const settledAnswer = (context: Context<ApiEnv>, { outcome, workflow, proposal }: Decided): Response =>
  context.json({ outcome, workflow, ...(proposal === undefined ? {} : { proposal }) }, outcome === 'decided' ? 200 : 202)

const demandOf = (context: Context<ApiEnv>): Pick<DecideOptions, 'demand'> =>
  context.var.demand === undefined ? {} : { demand: context.var.demand }

const stale = (context: Context<ApiEnv>, { log }: WorkflowDetail): Response =>
  problem(context, 'stale-version', 'look again, then decide', { headers: { ETag: etagOf(log) } })
