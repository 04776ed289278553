/**
 * Every error the API gives: RFC 9457 problem details, `type` being `urn:holdfast:problem:⟨code⟩`. Codes are part of the contract, their
 * status and title stand in one table. A node's refusal is answered by its code where the table knows it, else by what the receiver should
 * do next.
 *
 * Nothing of a request is repeated but member names in JSON pointers, and `instance` is the path: no stack, no query, no body.
 */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isJsonObject } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { ApiEnv } from './environment.ts'

const TABLE = {
  'malformed-json': [400, 'The body is not JSON in UTF-8'],
  'idempotency-key-required': [400, 'A key is required'],
  'invalid-consistency': [400, 'The level asked for is unclear'],
  'invalid-session': [400, 'The session is none of this API'],
  'invalid-cursor': [400, 'The cursor does not belong to this query'],
  unauthenticated: [401, 'Credentials are required'],
  forbidden: [403, 'The role does not allow this'],
  'not-found': [404, 'There is no such thing here'],
  'method-not-allowed': [405, 'The path does not know this method'],
  'illegal-transition': [409, 'Its state does not allow this'],
  'schedule-exists': [409, 'There is a schedule of that id'],
  'version-exists': [409, 'The version is published and never changes'],
  gone: [410, 'It was deleted'],
  'stale-version': [412, 'It has changed since'],
  'body-too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body must be application/json'],
  'unsupported-encoding': [415, 'Encoded bodies are not accepted'],
  'wrong-host': [421, 'This is not the host that was asked for'],
  'invalid-definition': [422, 'The definition is not right'],
  'invalid-rule': [422, 'The rule is not right'],
  'rule-cases-fail': [422, 'The cases of the rule fail'],
  'invalid-request': [422, 'The request does not fit its schema'],
  'forbidden-key': [422, 'A member has a forbidden name'],
  'json-bounds': [422, 'The body exceeds a bound'],
  'key-reused': [422, 'The key was used before with other content'],
  'precondition-required': [428, 'If-Match is required'],
  'too-many-requests': [429, 'Too many requests'],
  internal: [500, 'Something broke here'],
  'store-corrupt': [500, 'Stored bytes are damaged'],
  'document-corrupt': [500, 'A stored document is damaged'],
  'not-ready': [503, 'The node is not ready'],
  'not-caught-up': [503, 'The node has not got all that the session has seen'],
  unavailable: [503, 'This can not be decided now'],
  'staleness-bound-exceeded': [503, 'The node knows too little to answer within the bound'],
  'store-read-only': [503, 'The disk takes no writes'],
  'store-unknown-outcome': [503, 'The disk failed in the middle of it'],
  'store-unavailable': [503, 'The database does not answer'],
  'store-closed': [503, 'The store does not serve'],
  'store-disk-full': [507, 'The disk is full'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>

export type ProblemCode = keyof typeof TABLE

const BY_NEXT = {
  'retry-later': [503, 'Try again later'],
  'fix-request': [422, 'The request must change'],
  'ask-person': [409, 'A person must decide'],
  'give-up': [409, 'This can not succeed'],
} as const satisfies Record<Refusal['next'], readonly [ContentfulStatusCode, string]>

const problemError = z.object({
  pointer: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  line: z.number().int().optional().openapi({ description: 'of a text that was sent' }),
  column: z.number().int().optional(),
})

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:holdfast:problem:not-found' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(problemError).optional(),
  })
  .openapi('Problem')
export type Problem = z.infer<typeof problemSchema>

/** A workflow that is there and can't be read; answered as the refusal says. */
export class Unreadable extends Error {
  readonly refusal: Refusal
  constructor(workflow: string, refusal: Refusal) {
    super(`${workflow} can't be read: ${refusal.code}, ${refusal.message}`)
    this.name = 'Unreadable'
    this.refusal = refusal
  }
}

export interface ProblemParts {
  readonly errors?: NonNullable<Problem['errors']>
  readonly headers?: Readonly<Record<string, string>>
}

export const problem = (context: Context<ApiEnv>, code: ProblemCode, detail: string, parts: ProblemParts = {}): Response => {
  const [status, title] = TABLE[code]
  return answer(context, code, status, title, detail, parts)
}

/** A node's refusal as an answer; what may succeed later says when to ask again. */
export const refused = (context: Context<ApiEnv>, refusal: Refusal, parts: ProblemParts = {}): Response => {
  const [status, title] = isProblemCode(refusal.code) ? TABLE[refusal.code] : BY_NEXT[refusal.next]
  const headers = refusal.next === 'retry-later' ? { 'Retry-After': retryAfter(refusal), ...parts.headers } : parts.headers
  return answer(context, refusal.code, status, title, refusal.message, headers === undefined ? parts : { ...parts, headers })
}

/** Whole seconds, at least one. */
const retryAfter = ({ details }: Refusal): string => {
  const ms = isJsonObject(details) && typeof details.retryAfterMs === 'number' ? details.retryAfterMs : 0
  return String(Math.max(1, Math.ceil(ms / 1_000)))
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(TABLE, code)

const answer = (
  context: Context<ApiEnv>,
  code: string,
  status: ContentfulStatusCode,
  title: string,
  detail: string,
  { errors, headers }: ProblemParts,
): Response => {
  const body: Problem = {
    type: `urn:holdfast:problem:${code}`,
    title,
    status,
    detail,
    instance: context.req.path,
    requestId: context.var.requestId,
    ...(errors === undefined ? {} : { errors }),
  }
  return context.body(JSON.stringify(body), status, { ...headers, 'Content-Type': 'application/problem+json' })
}
