/**
 * Steps of type `http`: one request, answered within the step's timeout.
 *
 *   2xx              succeeds with {status, headers, body}; a JSON body is read as such
 *   any other        fails as `http-⟨status⟩`, retried or not as errors.ts says of the code; redirects are not followed
 *   no answer        fails as `connection`, `network` or `timeout`
 *
 * Bounded in size and time, and only to hosts that a workflow may call (address-guard.ts).
 */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import type { AttemptError, Executor, Performer } from '@holdfast/shared/ports'
import { err, type Json, ok, type Result } from '@holdfast/shared/values'
import { AddressRefused, bareHost, guardedLookup, isPublicAddress } from './address-guard.ts'
import { HTTP_PARAMETERS, type HttpRequest, isRepeatable, requestOf } from './http-request.ts'

/** An answer becomes an output, which others must carry: more is an error, not a truncation. */
const MAX_BODY_BYTES = 256 * 1024
const KEPT_HEADERS = ['content-type', 'etag', 'last-modified', 'location']

type Outcome = Result<Json, AttemptError>

interface HttpExecutorOptions {
  /** Hosts that may be called although their address is not public: `erp.local`, `10.0.0.7:8080`. */
  readonly allowHosts: ReadonlySet<string>
}

export const httpExecutor = ({ allowHosts }: HttpExecutorOptions): Executor => ({
  parameters: HTTP_PARAMETERS,
  performer: (parameters): Performer => ({
    safety: isRepeatable(parameters) ? 'idempotent' : 'atMostOnce',
    perform: async ({ id, input, timeoutMs }) => {
      const made = requestOf(parameters, input, id)
      if (!made.ok) return failed('validation', made.error)
      const { hostname, host } = made.value.url
      const allowed = allowHosts.has(host) || allowHosts.has(hostname)
      const literal = bareHost(hostname)
      if (!allowed && isIP(literal) !== 0 && !isPublicAddress(literal)) return refusedHost(new AddressRefused(hostname, literal))
      return send(made.value, allowed, timeoutMs)
    },
  }),
})

const failed = (code: string, message: string, retryable?: boolean): Outcome =>
  err(retryable === undefined ? { code, message } : { code, message, retryable })

const refusedHost = ({ message }: AddressRefused): Outcome => failed('host-refused', message, false)

const send = ({ method, url, headers, body }: HttpRequest, allowed: boolean, timeoutMs: number): Promise<Outcome> =>
  new Promise((resolve) => {
    const make = url.protocol === 'https:' ? requestHttps : requestHttp
    const signal = AbortSignal.timeout(timeoutMs)
    const guard = allowed ? {} : { lookup: guardedLookup }
    // A header that HTTP can't carry throws here, before anything was sent.
    try {
      const sent = make(url, { method, headers, signal, ...guard, agent: false }, (answer) => void read(answer, method).then(resolve, fail))
      const fail = (error: Error): void => resolve(outcomeOf(error))
      sent.on('error', fail)
      sent.end(body)
    } catch (thrown) {
      resolve(failed('validation', thrown instanceof Error ? thrown.message : String(thrown)))
    }
  })

const outcomeOf = (error: Error): Outcome => {
  if (error instanceof AddressRefused) return refusedHost(error)
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return failed('timeout', 'no answer in time', true)
  const code = 'code' in error ? String(error.code) : ''
  return failed(/^(ENOTFOUND|EAI_|ENETUNREACH|EHOSTUNREACH)/.test(code) ? 'network' : 'connection', error.message, true)
}

const read = async (answer: IncomingMessage, method: string): Promise<Outcome> => {
  const status = answer.statusCode ?? 0
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) {
      answer.destroy()
      return failed('body-too-large', `the answer is larger than ${MAX_BODY_BYTES} bytes`, false)
    }
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8').toWellFormed()
  if (status < 200 || status >= 300) return failed(`http-${status}`, `${method} was answered ${status}: ${text.slice(0, 200)}`)
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => (answer.headers[name] === undefined ? [] : [[name, String(answer.headers[name])]])),
  )
  return ok({ status, headers, body: bodyOf(text, headers['content-type'] ?? '') })
}

const bodyOf = (text: string, type: string): Json => {
  if (text === '') return null
  if (!/[/+]json\b/.test(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
