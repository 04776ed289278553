/**
 * The HTTP API of a node, the same on a gateway and in the cloud. The shells give it a node, who may call, and what time and chance are;
 * they serve it, open the live socket, and add pages of their own to the app returned.
 *
 *   /api/v1/…        guarded                /health /ready   open
 *   /api/v1/openapi.json, /docs             open: they describe, and hold nothing
 */
import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { storeRefusal } from '../engine/store-refusal.ts'
import type { Random } from '../ports/random.ts'
import { StoreFailure } from '../ports/store.ts'
import type { Instant } from '../values/instant.ts'
import { addAuthorityRoutes } from './authority-routes.ts'
import { addCatalogueRoutes } from './catalogue-routes.ts'
import { addConflictRoutes } from './conflict-routes.ts'
import { atLevel } from './consistency.ts'
import { addConsistencyRoute } from './consistency-route.ts'
import { addControlRoutes } from './control-routes.ts'
import { DOCS_STYLE, docsPage } from './docs-page.ts'
import type { ApiEnv } from './environment.ts'
import { authenticated, forHost, labelled, PAGE_CONTENT_SECURITY_POLICY, plainRequest } from './guard.ts'
import { addInsightRoutes } from './insight-routes.ts'
import { addLibraryRoutes } from './library-routes.ts'
import { addLimitRoutes } from './limit-routes.ts'
import { addMigrateRoute } from './migrate-route.ts'
import type { NodeApi } from './node-api.ts'
import { addHealthRoutes, addNodeRoutes } from './node-routes.ts'
import { addPeopleRoutes } from './people-routes.ts'
import { addPlanRoutes } from './plan-routes.ts'
import type { Authenticate } from './principal.ts'
import { problem, refused, Unreadable } from './problem.ts'
import { type RateLimit, RateLimiter } from './rate-limit.ts'
import type { Api } from './route-parts.ts'
import { addRuleRoutes } from './rule-routes.ts'
import { addScheduleRoutes } from './schedule-routes.ts'
import type { TicketOffice } from './tickets.ts'
import { addWorkflowChanges } from './workflow-changes.ts'
import { addWorkflowQueries, notFound } from './workflow-queries.ts'

export interface ApiOptions {
  readonly node: NodeApi
  readonly authenticate: Authenticate
  /** Names this server goes by, such as `localhost` (any port) or `plant.example:8443`. Lower case. */
  readonly hosts: readonly string[]
  /** Secret for signing cursors; a new one only makes callers begin their lists again. */
  readonly cursorKey: Uint8Array
  readonly random: Random
  readonly now: () => Instant
  /** The shell redeems at its live socket what this API issues. */
  readonly tickets: TicketOffice
  /** For each principal. */
  readonly rate?: RateLimit
  /** Told what broke, for the log; the caller gets the request id only. */
  readonly report?: (error: Error, requestId: string) => void
}

const DEFAULT_RATE: RateLimit = { perSecond: 100, burst: 500 }

export const createApi = (options: ApiOptions): Api => {
  const { node, random, hosts, report } = options
  const api: Api = new OpenAPIHono<ApiEnv>({ defaultHook: (result, context) => (result.success ? undefined : unfit(context, result)) })
  api.use(labelled(random), forHost(hosts), plainRequest)
  api.use(methodNotAllowed({ app: api, onMethodNotAllowed: wrongMethod }))
  api.notFound(notFound)
  api.onError((error, context) => {
    report?.(error, context.var.requestId)
    if (error instanceof Unreadable) return refused(context, error.refusal)
    if (error instanceof StoreFailure) return refused(context, storeRefusal(error.reason))
    return problem(context, 'internal', 'it was written down under the request id')
  })
  addHealthRoutes(api, node)
  addDocumentation(api)
  api.use('/api/v1/*', authenticated({ ...options, limiter: new RateLimiter(options.rate ?? DEFAULT_RATE) }))
  api.use('/api/v1/workflows/*', atLevel(node))
  addWorkflowQueries(api, node, options.cursorKey)
  addWorkflowChanges(api, node)
  addInsightRoutes(api, node)
  addMigrateRoute(api, node)
  addConsistencyRoute(api, node)
  addLibraryRoutes(api, node.library)
  addRuleRoutes(api, node.rules)
  addPlanRoutes(api, node.papers)
  addCatalogueRoutes(api, node.papers, node.library)
  addScheduleRoutes(api, node.schedules)
  addControlRoutes(api, node)
  addPeopleRoutes(api, node)
  addConflictRoutes(api, node, options.cursorKey)
  addLimitRoutes(api, node.limits)
  addAuthorityRoutes(api, node.authority)
  addNodeRoutes(api, node, options.tickets)
  return api
}

interface Unfit {
  readonly target: string
  readonly error: z.ZodError
}

/** A path that can't name anything is simply not there. */
const unfit = (context: Context<ApiEnv>, { target, error }: Unfit): Response => {
  if (target === 'param') return notFound(context)
  const errors = error.issues.map(({ path, message }) => ({ pointer: pointerOf(path), detail: message }))
  return problem(context, 'invalid-request', `the ${target === 'json' ? 'body' : target} does not fit`, { errors })
}

/** RFC 6901. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const wrongMethod = (context: Context<ApiEnv>, methods: readonly string[]): Response =>
  problem(context, 'method-not-allowed', 'see Allow', { headers: { Allow: methods.join(', ') } })

const addDocumentation = (api: Api): void => {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  const document = () =>
    api.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Holdfast', version: '1', description: 'Workflows of facilities and the cloud that knows them.' },
    })
  api.get('/api/v1/openapi.json', (context) => context.json(document()))
  api.get('/docs', (context) => context.html(docsPage(document()), 200, { 'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY }))
  api.get('/docs/style.css', (context) => context.body(DOCS_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
}
