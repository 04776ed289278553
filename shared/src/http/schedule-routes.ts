/** Schedules of the facilities this node is the authority of. What lies outside the caller's facilities does not exist for them. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Schedule } from '../engine/schedules/schedule.ts'
import type { Scheduler } from '../engine/schedules/scheduler.ts'
import type { ApiEnv } from './environment.ts'
import { seesFacility } from './principal.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, problems } from './route-parts.ts'
import { scheduleBody, scheduleView, specOf, viewOfSchedule } from './schedule-views.ts'
import { notFound } from './workflow-queries.ts'

/** What the routes ask of a node: its scheduler, and the time. */
export interface Schedules extends Pick<Scheduler, 'create' | 'pause' | 'remove' | 'get' | 'list'> {
  now(): number
}

const params = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'nightly-count' }) })

const list = createRoute({
  method: 'get',
  path: '/api/v1/schedules',
  summary: 'Lists schedules, and when they run next',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(scheduleView).readonly() }), 'All the caller may see'), ...problems() },
})

const create = createRoute({
  method: 'post',
  path: '/api/v1/schedules',
  summary: 'Starts a workflow whenever it is due',
  description: 'Each run has the key `schedule.<id>.<due>`, so it begins once, whatever restarts. Creating the same again changes nothing.',
  ...guardedWithBody('planner'),
  request: { body: bodyOf(scheduleBody) },
  responses: {
    200: answers(scheduleView, 'It was there already'),
    201: answers(scheduleView, 'Created'),
    ...problems(400, 404, 409, 413, 415, 422, 503, 507),
  },
})

const one = createRoute({
  method: 'get',
  path: '/api/v1/schedules/{id}',
  summary: 'Shows a schedule',
  ...guarded('viewer'),
  request: { params },
  responses: { 200: answers(scheduleView, 'The schedule'), ...problems(404) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/schedules/{id}',
  summary: 'Removes a schedule; what it started goes on',
  ...guarded('planner'),
  request: { params },
  responses: { 200: answers(scheduleView, 'As it was'), ...problems(404, 503, 507) },
})

const switched = <Verb extends 'pause' | 'resume'>(verb: Verb, summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/schedules/{id}/${verb}` as const,
    summary,
    ...guarded('operator'),
    request: { params },
    responses: { 200: answers(scheduleView, 'As it is now'), ...problems(404, 503, 507) },
  })

export const addScheduleRoutes = (api: Api, schedules: Schedules): void => {
  const show = (schedule: Schedule) => viewOfSchedule(schedule, schedules.now())
  const visible = (context: Context<ApiEnv>, wanted: string): Schedule | undefined => {
    const schedule = schedules.get(wanted)
    return schedule !== undefined && seesFacility(context.var.principal, schedule.facility) ? schedule : undefined
  }
  const change = async (context: Context<ApiEnv>, wanted: string, work: () => ReturnType<Schedules['remove']>): Promise<Response> => {
    if (visible(context, wanted) === undefined) return notFound(context)
    const changed = await work()
    return changed.ok ? context.json(show(changed.value), 200) : refused(context, changed.error)
  }

  api.openapi(list, (context) => {
    const seen = schedules.list().filter(({ facility }) => seesFacility(context.var.principal, facility))
    return context.json({ items: seen.map(show) }, 200)
  })
  api.openapi(create, async (context) => {
    const spec = specOf(context.req.valid('json'))
    const { principal } = context.var
    if (!seesFacility(principal, spec.facility)) return notFound(context)
    const created = await schedules.create(spec, principal.name)
    if (!created.ok) return refused(context, created.error)
    const { schedule, replayed } = created.value
    const headers = { Location: `/api/v1/schedules/${schedule.id}` }
    return replayed
      ? context.json(show(schedule), 200, { ...headers, 'Idempotent-Replay': 'true' })
      : context.json(show(schedule), 201, headers)
  })
  api.openapi(one, (context) => {
    const schedule = visible(context, context.req.valid('param').id)
    return schedule === undefined ? notFound(context) : context.json(show(schedule), 200)
  })
  api.openapi(remove, (context) => {
    const wanted = context.req.valid('param').id
    return change(context, wanted, () => schedules.remove(wanted))
  })
  api.openapi(switched('pause', 'Pauses a schedule: what falls due meanwhile is not owed'), (context) => {
    const wanted = context.req.valid('param').id
    return change(context, wanted, () => schedules.pause(wanted, true))
  })
  api.openapi(switched('resume', 'Lets a paused schedule go on'), (context) => {
    const wanted = context.req.valid('param').id
    return change(context, wanted, () => schedules.pause(wanted, false))
  })
}
