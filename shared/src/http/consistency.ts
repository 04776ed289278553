/**
 * Levels and sessions of the routes on workflows, around whatever a route does:
 *
 *   ?consistency=strong | bounded_staleness&maxLag=5s | eventual          what is demanded of the answer; or as the header
 *   Holdfast-Consistency: bounded_staleness; maxLag=5s                    of the same meaning
 *   Holdfast-Session                                                      what the caller has seen, as an earlier answer gave it
 *
 * The answer carries both headers: the level it had, how old it may be, and the session to go on with. What can't be answered at the level
 * demanded is refused (503), never weakened.
 */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type Demand, parseDemand } from '../consistency/index.ts'
import { parseSession, type Session, sessionText } from '../engine/session.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { ApiEnv } from './environment.ts'
import type { NodeApi } from './node-api.ts'
import { type Principal, seesFacility } from './principal.ts'
import { problem, refused } from './problem.ts'
import type { Scope } from './reads.ts'

const CONSISTENCY = 'Holdfast-Consistency'
const SESSION = 'Holdfast-Session'
const EVENTUAL: Demand = { level: 'eventual' }
const WORKFLOW = /^\/api\/v1\/workflows\/([a-z0-9_-]{1,64})(?:\/|$)/

export const atLevel = (node: NodeApi) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const demanded = demandIn(context)
    if (!demanded.ok) return refused(context, demanded.error)
    const session = sessionIn(context)
    if (session === undefined) return problem(context, 'invalid-session', 'it is none that this API gave')
    if (demanded.value !== undefined) context.set('demand', demanded.value)
    const scope = await scopeOf(node, context)
    const stopped = context.req.method === 'GET' ? await read(node, context, scope, session, next) : await pass(next)
    if (stopped !== undefined) return stopped
    if (context.res.ok) await addSession(node, context, scope, session)
    return undefined
  })

const read = async (
  node: NodeApi,
  context: Context<ApiEnv>,
  scope: Scope,
  session: Session,
  next: () => Promise<void>,
): Promise<Response | undefined> => {
  const demand = context.var.demand ?? EVENTUAL
  const begun = await node.reads.begin(scope, demand, session)
  if (!begun.ok) return refused(context, begun.error)
  await next()
  if (!context.res.ok) return undefined
  const unfirm = await node.reads.end(scope, demand)
  if (unfirm !== undefined) {
    // Set once more, it would keep headers of the answer that is not given.
    context.res = undefined
    context.res = refused(context, unfirm)
    return undefined
  }
  const age = begun.value === undefined ? '' : `; age=${Math.round(begun.value)}`
  context.res.headers.set(CONSISTENCY, `${demand.level}${age}`)
  return undefined
}

/** What `next` resolves to is the router's own affair. */
const pass = async (next: () => Promise<void>): Promise<undefined> => {
  await next()
}

/** Of what was written or read, and of what was created just now. */
const addSession = async (node: NodeApi, context: Context<ApiEnv>, scope: Scope, session: Session): Promise<void> => {
  const created = WORKFLOW.exec(context.res.headers.get('Location') ?? '')?.[1]
  const seen = await node.reads.seen(created === undefined ? scope : { workflow: created, sees: () => true }, session)
  context.res.headers.set(SESSION, sessionText(seen))
}

const demandIn = (context: Context<ApiEnv>): Result<Demand | undefined, Refusal> => {
  const [level, parameter] = (context.req.header(CONSISTENCY) ?? '').split(';').map((part) => part.trim())
  const named = /^maxLag=(\S+)$/.exec(parameter ?? '')?.[1]
  const asked = context.req.query('consistency') ?? (level === '' ? undefined : level)
  const demand = parseDemand(asked, context.req.query('maxLag') ?? named)
  return demand.ok ? ok(demand.value) : err(demand.error)
}

const sessionIn = (context: Context<ApiEnv>): Session | undefined => {
  const text = context.req.header(SESSION)
  return text === undefined ? [] : parseSession(text)
}

/** Facilities that the caller does not see are none of this answer's. */
const scopeOf = async (node: NodeApi, context: Context<ApiEnv>): Promise<Scope> => {
  const workflow = WORKFLOW.exec(context.req.path)?.[1]
  const { principal } = context.var
  if (workflow !== undefined) return { workflow, sees: (facility) => seesFacility(principal, facility) }
  const asked = context.req.query('facility')
  const known = (await node.facilities()).map(({ id }) => id)
  return { facilities: known.filter((id) => isAskedFor(principal, id, asked)) }
}

const isAskedFor = (principal: Principal, facility: string, asked: string | undefined): boolean =>
  seesFacility(principal, facility) && (asked === undefined || asked === facility)
