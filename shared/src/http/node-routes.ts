/** What a node says about itself and what it knows: facilities, agents, health; and tickets for the live socket. */
import { createRoute, z } from '@hono/zod-openapi'
import type { NodeApi } from './node-api.ts'
import { seesFacility } from './principal.ts'
import { problem } from './problem.ts'
import { type Api, answers, guarded, problemAnswer, problems } from './route-parts.ts'
import { TICKET_LIFETIME_MS, type TicketOffice } from './tickets.ts'
import { agentView, facilityView, healthView } from './views.ts'

const facilities = createRoute({
  method: 'get',
  path: '/api/v1/facilities',
  summary: 'Lists facilities, and how well each is heard',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(facilityView).readonly() }), 'All the caller may see'), ...problems() },
})

const agents = createRoute({
  method: 'get',
  path: '/api/v1/agents',
  summary: 'Lists agents: who they are, what they can do, and who is present',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(agentView).readonly() }), 'All the caller may see'), ...problems() },
})

const tickets = createRoute({
  method: 'post',
  path: '/api/v1/tickets',
  summary: 'Gives a ticket for the live socket',
  description: 'Open `/ws/workflows?ticket=…` with it: good once, for a short time, with the rights of the caller.',
  ...guarded('viewer'),
  responses: { 201: answers(z.object({ ticket: z.string(), expiresInMs: z.number().int() }), 'A ticket'), ...problems() },
})

const health = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Says that the process is alive, and how it feels',
  responses: { 200: answers(healthView, 'Alive') },
})

const ready = createRoute({
  method: 'get',
  path: '/ready',
  summary: 'Says whether requests may be sent here',
  responses: { 200: answers(healthView, 'Ready'), 503: problemAnswer },
})

export const addNodeRoutes = (api: Api, node: NodeApi, office: TicketOffice): void => {
  api.openapi(facilities, async (context) => {
    const all = await node.facilities()
    return context.json({ items: all.filter(({ id }) => seesFacility(context.var.principal, id)) }, 200)
  })
  api.openapi(agents, async (context) => {
    const all = await node.agents()
    return context.json({ items: all.filter(({ facility }) => seesFacility(context.var.principal, facility)) }, 200)
  })
  api.openapi(tickets, (context) => context.json({ ticket: office.issue(context.var.principal), expiresInMs: TICKET_LIFETIME_MS }, 201))
}

/** Open to anybody, so that supervisors and load balancers need no token; they tell nothing about workflows. */
export const addHealthRoutes = (api: Api, node: NodeApi): void => {
  api.openapi(health, (context) => context.json(node.health(), 200))
  api.openapi(ready, (context) => {
    const now = node.health()
    return now.ready ? context.json(now, 200) : problem(context, 'not-ready', now.explain ?? `it is ${now.status}`)
  })
}
