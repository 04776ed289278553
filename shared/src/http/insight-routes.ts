/** Times and the graph of one workflow, and the queues of the node. */
import { createRoute } from '@hono/zod-openapi'
import { graphView, metricsView, systemView } from './insight-views.ts'
import type { NodeApi } from './node-api.ts'
import { type Api, answers, guarded, problems, workflowParams } from './route-parts.ts'
import { notFound, visibleWorkflow } from './workflow-queries.ts'

const metrics = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/metrics',
  summary: 'Says how long the steps of a workflow took, and how long the rest will take',
  ...guarded('viewer'),
  request: { params: workflowParams },
  responses: { 200: answers(metricsView, 'Its times up to now'), ...problems(404) },
})

const graph = createRoute({
  method: 'get',
  path: '/api/v1/workflows/{id}/graph',
  summary: 'Shows the steps and links of a workflow, and where it stands among them',
  ...guarded('viewer'),
  request: { params: workflowParams },
  responses: { 200: answers(graphView, 'The graph'), ...problems(404) },
})

const system = createRoute({
  method: 'get',
  path: '/api/v1/performance/system',
  summary: 'Says how much waits on this node',
  ...guarded('operator'),
  responses: { 200: answers(systemView, 'At this moment'), ...problems() },
})

export const addInsightRoutes = (api: Api, node: NodeApi): void => {
  api.openapi(metrics, async (context) => {
    const { id } = context.req.valid('param')
    const visible = await visibleWorkflow(node, context.var.principal, id)
    const found = visible === undefined ? undefined : await node.insight.metrics(id)
    return found === undefined ? notFound(context) : context.json(found, 200)
  })
  api.openapi(graph, async (context) => {
    const { id } = context.req.valid('param')
    const visible = await visibleWorkflow(node, context.var.principal, id)
    const found = visible === undefined ? undefined : await node.insight.graph(id)
    return found === undefined ? notFound(context) : context.json(found, 200)
  })
  api.openapi(system, (context) => context.json(node.insight.system(), 200))
}
