/** What the routes' descriptions are made of. */
import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { jsonBody } from './body.ts'
import type { ApiEnv } from './environment.ts'
import { requireRole } from './guard.ts'
import type { Role } from './principal.ts'
import { problemSchema } from './problem.ts'

export type Api = OpenAPIHono<ApiEnv>

/** What a route without a body needs. */
export const guarded = (role: Role) => ({ security: [{ bearer: [] }], middleware: [requireRole(role)] })

/** What a route with a body needs: nothing of it is read before the role is known to suffice. */
export const guardedWithBody = (role: Role) => ({ security: [{ bearer: [] }], middleware: [requireRole(role), jsonBody] })

export const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({ content: { 'application/json': { schema } }, required: true })

export const answers = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  content: { 'application/json': { schema } },
  description,
})

export interface Described {
  readonly description: string
}

/** Typed without its content, so that a handler may answer with any `Response`: `problem` made it. */
export const problemAnswer: Described = {
  description: 'Problem details (RFC 9457)',
  ...{ content: { 'application/problem+json': { schema: problemSchema } } },
}

/** The errors a guarded route may answer with; those of the guards are always among them. */
export const problems = (
  ...statuses: readonly number[]
): { readonly 401: Described; readonly 403: Described; readonly 429: Described } => ({
  ...Object.fromEntries(statuses.map((status) => [status, problemAnswer])),
  401: problemAnswer,
  403: problemAnswer,
  429: problemAnswer,
})

/** Ids are safe in paths, file names and labels; anything else names nothing. */
export const id = z.string().regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 of a–z, 0–9, _ and -')

export const workflowParams = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'w_3f2a…' }) })

/** Text for one line: no control characters, so it can't forge lines in a log or on a screen. */
export const line = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not hold control characters')

export const wholeNumber = z.coerce.number().int().nonnegative()

/** What may be demanded of a read; understood in consistency.ts, where the header of the same meaning is, too. */
export const levelQuery = {
  consistency: z.string().max(32).optional().openapi({ description: 'strong, bounded_staleness (with maxLag), eventual' }),
  maxLag: z.string().max(32).optional().openapi({ description: 'how old the answer may be, such as 5s' }),
}
