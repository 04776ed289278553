/** Domain rules: listed, shown, published. They count from the next turn on, without a restart. */
import { createRoute, z } from '@hono/zod-openapi'
import { plain } from '../conflict/rules/compile.ts'
import type { CompiledRule } from '../conflict/rules/rule.ts'
import { isJsonObject, type JsonObject } from '../values/json.ts'
import { problemErrorOf } from './library-routes.ts'
import { refused } from './problem.ts'
import { type Api, answers, bodyOf, guarded, guardedWithBody, id, problems } from './route-parts.ts'
import type { RulesApi } from './rules.ts'
import { jsonValue } from './views.ts'
import { notFound } from './workflow-queries.ts'

const ruleView = z
  .object({
    id: z.string(),
    version: z.number().int(),
    title: z.string().optional(),
    on: z.string(),
    when: z.string(),
    severity: z.string(),
    resolve: z.array(z.string()).readonly(),
    hash: z.string(),
  })
  .openapi('RuleView')

const caseView = z.object({ name: z.string(), expected: z.string(), found: z.string(), passed: z.boolean() })
const publishedRule = ruleView.extend({ cases: z.array(caseView).readonly() }).openapi('PublishedRule')
const ruleDetail = ruleView.extend({ rule: jsonValue }).openapi('RuleDetail')
const ruleBody = z.custom<JsonObject>(isJsonObject, 'must be a rule').openapi({ type: 'object' })

const list = createRoute({
  method: 'get',
  path: '/api/v1/rules',
  summary: 'Lists the domain rules that count, the most severe first',
  ...guarded('viewer'),
  responses: { 200: answers(z.object({ items: z.array(ruleView).readonly() }), 'All of them'), ...problems() },
})

const one = createRoute({
  method: 'get',
  path: '/api/v1/rules/{id}',
  summary: 'Shows a rule',
  ...guarded('viewer'),
  request: {
    params: z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'two-robots-one-zone' }) }),
    query: z.strictObject({
      version: z.coerce.number().int().positive().optional().openapi({ description: 'without it, the one that counts' }),
    }),
  },
  responses: { 200: answers(ruleDetail, 'The rule'), ...problems(404, 422) },
})

const publish = createRoute({
  method: 'post',
  path: '/api/v1/rules',
  summary: 'Publishes a rule, once its own cases hold',
  description: 'A version never changes once it is published. Everything that is not right is listed, with its place.',
  ...guardedWithBody('admin'),
  request: {
    query: z.strictObject({
      preview: z.enum(['true', 'false']).default('false').openapi({ description: 'true: check it and run its cases, publish nothing' }),
    }),
    body: bodyOf(
      z
        .union([z.strictObject({ text: z.string(), format: z.enum(['yaml', 'json']).default('yaml') }), z.strictObject({ rule: ruleBody })])
        .openapi('PublishRule'),
    ),
  },
  responses: {
    200: answers(publishedRule, 'It was published before, or is only tried'),
    201: answers(publishedRule, 'Published'),
    ...problems(400, 409, 413, 415, 422, 503, 507),
  },
})

export const addRuleRoutes = (api: Api, rules: RulesApi): void => {
  api.openapi(list, (context) => context.json({ items: rules.all().map(viewOf) }, 200))
  api.openapi(one, (context) => {
    const found = rules.find(context.req.valid('param').id, context.req.valid('query').version)
    return found === undefined ? notFound(context) : context.json({ ...viewOf(found), rule: plain(found.rule) }, 200)
  })
  api.openapi(publish, async (context) => {
    const published = await rules.publish(context.req.valid('json'), context.req.valid('query').preview === 'true')
    if (!published.ok) {
      const { refusal, problems: found } = published.error
      return refused(context, refusal, found.length === 0 ? {} : { errors: found.map((each) => problemErrorOf(each, '/rule')) })
    }
    const { rule, cases, outcome } = published.value
    const view = { ...viewOf(rule), cases: cases.map(({ name, expected, found, passed }) => ({ name, expected, found, passed })) }
    return outcome === 'published' ? context.json(view, 201) : context.json(view, 200)
  })
}

const viewOf = ({ hash, rule: { id, version, title, on, when, severity, resolve } }: CompiledRule): z.infer<typeof ruleView> => ({
  id,
  version,
  ...(title === undefined ? {} : { title }),
  on,
  when,
  severity,
  resolve,
  hash,
})
