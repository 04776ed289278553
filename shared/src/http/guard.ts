/**
 * What every request passes before a route, outermost first:
 *
 *   labelled       a request id, and the headers that keep browsers strict
 *   forHost        only the names this server goes by (421): a page that rebinds its DNS name to us gets nothing
 *   plainRequest   no encoded bodies (415), no query names that reach a prototype (422)
 *   authenticated  bearer token → principal (401), within the rate (429)
 *   requireRole    per route (403)
 */
import { createMiddleware } from 'hono/factory'
import type { Random } from '../ports/random.ts'
import type { Instant } from '../values/instant.ts'
import { bearerOf } from './bearer.ts'
import type { ApiEnv } from './environment.ts'
import { isForbiddenKey } from './json-scan.ts'
import { type Authenticate, type Role, roleSuffices } from './principal.ts'
import { problem } from './problem.ts'
import type { RateLimiter, Taken } from './rate-limit.ts'

/** For pages: nothing from elsewhere, no inline scripts. */
export const PAGE_CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"

const STRICT_HEADERS = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** A route's own headers win: a page brings its own policy. */
export const labelled = (random: Random) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const requestId = [random.u32(), random.u32()].map((word) => word.toString(16).padStart(8, '0')).join('')
    context.set('requestId', requestId)
    await next()
    context.res.headers.set('X-Request-Id', requestId)
    for (const [name, value] of Object.entries(STRICT_HEADERS)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
    }
  })

/** A host without a port stands for that name on any port. The address and the Host header must both be ours: an absolute-form request has two. */
export const forHost = (hosts: readonly string[]) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const { host } = new URL(context.req.url)
    const isOurs = (name: string): boolean => hosts.includes(name) || hosts.includes(name.replace(/:\d+$/, ''))
    if (!isOurs(host) || !isOurs(context.req.header('host')?.toLowerCase() ?? host)) {
      return problem(context, 'wrong-host', 'ask this server by one of its configured names')
    }
    return next()
  })

export const plainRequest = createMiddleware<ApiEnv>(async (context, next) => {
  const encoding = context.req.header('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return problem(context, 'unsupported-encoding', 'send the body as it is', { headers: { 'Accept-Encoding': 'identity' } })
  }
  if ([...new URL(context.req.url).searchParams.keys()].some(isForbiddenKey)) {
    return problem(context, 'forbidden-key', 'a query parameter is named like a part of the JavaScript object model')
  }
  return next()
})

export interface Authentication {
  readonly authenticate: Authenticate
  readonly limiter: RateLimiter
  readonly now: () => Instant
}

/** Callers without good credentials share one bucket, so that guessing is slow and costs nobody else anything. */
const STRANGERS = ''

export const authenticated = ({ authenticate, limiter, now }: Authentication) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const token = bearerOf(context.req.header('authorization'))
    const principal = token === undefined ? undefined : authenticate(token)
    const taken = limiter.take(principal?.name ?? STRANGERS, now().monotonic)
    const headers = rateHeaders(limiter, taken)
    if (!taken.allowed) {
      const retry = { ...headers, 'Retry-After': String(taken.retryAfterSeconds) }
      return problem(context, 'too-many-requests', 'the rate is limited', { headers: retry })
    }
    if (principal === undefined) {
      return problem(context, 'unauthenticated', 'send a valid bearer token', { headers: { 'WWW-Authenticate': 'Bearer' } })
    }
    context.set('principal', principal)
    await next()
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
    return undefined
  })

const rateHeaders = ({ limit }: RateLimiter, { remaining, retryAfterSeconds }: Taken) => ({
  'RateLimit-Policy': `"principal";q=${limit.burst};w=${Math.ceil(limit.burst / limit.perSecond)}`,
  RateLimit: `"principal";r=${remaining};t=${retryAfterSeconds}`,
})

export const requireRole = (needed: Role) =>
  createMiddleware<ApiEnv>(async (context, next) => {
    const { role } = context.var.principal
    if (!roleSuffices(role, needed)) return problem(context, 'forbidden', `this needs the role ${needed}`)
    return next()
  })
