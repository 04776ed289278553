/** Plans: made, listed, edited in the cloud and at the facility, also while they are cut off from each other. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { PaperName } from '../document/paper/index.ts'
import { plan, planItem } from '../document/paper/kinds.ts'
import { planIdOf } from '../values/ids.ts'
import type { ApiEnv } from './environment.ts'
import { diff, EDIT_PROBLEMS, edit, etag, history, message, paperRoutes, show } from './paper-handling.ts'
import { planRow, planView, rowOfPlan, viewOfPlan } from './paper-views.ts'
import type { PapersApi } from './papers.ts'
import { seesFacility } from './principal.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, problems } from './route-parts.ts'
import { notFound } from './workflow-queries.ts'

const planParams = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'p_3f2a…' }) })
const routes = paperRoutes('/api/v1/plans/{id}', planParams, planView)

const plans = createRoute({
  method: 'get',
  path: '/api/v1/plans',
  summary: 'Lists plans',
  ...guarded('viewer'),
  request: { query: z.strictObject({ facility: id.optional() }) },
  responses: { 200: answers(z.object({ items: z.array(planRow).readonly() }), 'By id'), ...problems(422) },
})

const create = createRoute({
  method: 'post',
  path: '/api/v1/plans',
  summary: 'Makes a plan for a facility',
  ...guardedWithBody('planner'),
  request: {
    body: bodyOf(
      z
        .strictObject({
          facility: id,
          ...plan.shape,
          state: plan.shape.state.default('draft'),
          notes: plan.shape.notes.default(''),
          items: z.record(id, planItem).default({}),
          message,
        })
        .openapi('CreatePlan'),
    ),
  },
  responses: { 200: answers(planView, 'It was there already'), 201: answers(planView, 'Made'), ...problems(...EDIT_PROBLEMS) },
})

export const addPlanRoutes = (api: Api, papers: PapersApi): void => {
  const named = async (context: Context<ApiEnv>, wanted: string): Promise<PaperName | undefined> => {
    const row = await papers.row(wanted)
    const isVisible = row?.kind === 'plan' && seesFacility(context.var.principal, row.facility)
    return isVisible ? { id: wanted, home: row.facility, kind: 'plan' } : undefined
  }
  api.openapi(plans, async (context) => {
    const { facility } = context.req.valid('query')
    const rows = await papers.list()
    const seen = rows.filter(
      (row) => row.kind === 'plan' && seesFacility(context.var.principal, row.facility) && row.facility === (facility ?? row.facility),
    )
    return context.json({ items: seen.map(rowOfPlan) }, 200)
  })
  api.openapi(create, async (context) => {
    const { facility: home, message: why, ...content } = context.req.valid('json')
    if (!seesFacility(context.var.principal, home)) return notFound(context)
    const name = { id: planIdOf(home, content.key), home, kind: 'plan' } as const
    const edit = { patch: content, by: context.var.principal.name, message: why }
    const made = await papers.edit({ paper: name, edit, isNew: true })
    if (!made.ok) return refused(context, made.error)
    const shown = await papers.get(name)
    if (!shown?.ok) return notFound(context)
    return context.json(viewOfPlan(shown.value), 201, { Location: `/api/v1/plans/${name.id}`, ETag: etag(shown.value) })
  })
  api.openapi(routes.one, async (context) => {
    const name = await named(context, context.req.valid('param').id)
    return show(context, papers, name, context.req.valid('query').version, viewOfPlan)
  })
  api.openapi(routes.edit, async (context) => {
    const name = await named(context, context.req.valid('param').id)
    return edit(context, papers, name, context.req.valid('json'), context.req.valid('header')['if-match'], viewOfPlan)
  })
  api.openapi(routes.history, async (context) => history(context, papers, await named(context, context.req.valid('param').id)))
  api.openapi(routes.diff, async (context) => {
    const name = await named(context, context.req.valid('param').id)
    return diff(context, papers, name, context.req.valid('query'))
  })
}
