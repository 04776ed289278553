/**
 * What people are asked, and their answers: reviews of steps that would have failed, approvals, and dead letters. What lies outside the
 * caller's facilities does not exist for them.
 */
import { createRoute, z } from '@hono/zod-openapi'
import { decision, stepName } from './control-routes.ts'
import { approvalView, deadLetterView, reviewView } from './control-views.ts'
import type { NodeApi } from './node-api.ts'
import { rolesOf, seesFacility } from './principal.ts'
import { type Api, answers, guarded, id, line, problems } from './route-parts.ts'
import { jsonValue } from './views.ts'
import { decideOn } from './workflow-changes.ts'

const comment = z
  .string()
  .max(500)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters')
  .default('')

const filter = z.strictObject({ facility: id.optional(), queue: id.optional() })

const listing = <Path extends string, View extends z.ZodType>(path: Path, summary: string, view: View) =>
  createRoute({
    method: 'get',
    path: `/api/v1/${path}` as const,
    summary,
    ...guarded('viewer'),
    request: { query: filter },
    responses: { 200: answers(z.object({ items: z.array(view).readonly() }), 'All the caller may see'), ...problems(422) },
  })

const approvals = listing('approvals', 'Lists the approvals that workflows wait for', approvalView)
const reviews = listing('reviews', 'Lists the steps about which a person is asked', reviewView)
const deadLetters = listing('dead-letters', 'Lists the steps that failed for good, each with its failed attempts', deadLetterView)

const approve = decision(
  'approve',
  'operator',
  'Approves or rejects; everybody has one voice',
  z.strictObject({ step: stepName, approved: z.boolean(), comment }).openapi('ApproveStep'),
)
const review = decision(
  'review',
  'operator',
  'Says what becomes of a step about which a person is asked',
  z
    .strictObject({
      step: stepName,
      answer: z.enum(['continue', 'retry', 'skip', 'fail']),
      output: jsonValue.exactOptional().openapi({ description: 'with `continue`: what the step is taken to have given' }),
      comment,
    })
    .openapi('ReviewStep'),
)
const discard = decision(
  'discard',
  'planner',
  'Discards a dead letter',
  z.strictObject({ step: stepName, reason: line(500) }).openapi('DiscardDeadLetter'),
)

export const addPeopleRoutes = (api: Api, node: NodeApi): void => {
  const { people } = node
  api.openapi(approvals, async (context) => {
    const { principal } = context.var
    const all = await people.approvals(context.req.valid('query'))
    return context.json({ items: all.filter(({ facility }) => seesFacility(principal, facility)) }, 200)
  })
  api.openapi(reviews, async (context) => {
    const { principal } = context.var
    const all = await people.reviews(context.req.valid('query'))
    return context.json({ items: all.filter(({ facility }) => seesFacility(principal, facility)) }, 200)
  })
  api.openapi(deadLetters, async (context) => {
    const { principal } = context.var
    const all = await people.deadLetters(context.req.valid('query'), (facility) => seesFacility(principal, facility))
    return context.json({ items: all }, 200)
  })
  api.openapi(approve, (context) => {
    const roles = rolesOf(context.var.principal.role)
    return decideOn(node, context, context.req.valid('param').id, { type: 'approve', roles, ...context.req.valid('json') })
  })
  api.openapi(review, (context) => decideOn(node, context, context.req.valid('param').id, { type: 'review', ...context.req.valid('json') }))
  api.openapi(discard, (context) =>
    decideOn(node, context, context.req.valid('param').id, { type: 'discard', ...context.req.valid('json') }),
  )
}
