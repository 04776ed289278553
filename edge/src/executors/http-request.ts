/**
 * From a step's parameters and input to one request.
 *
 *   url: https://api.example.com/orders/{order}   placeholders are members of the input, encoded for their place
 *   headers: { X-Site: "{site}" }                 the same, as they are
 *   body: member of the input, or all of it       JSON; only with POST, PUT, PATCH
 */
import { err, isJsonObject, type Json, type JsonObject, ok, type Result } from '@holdfast/shared/values'

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** `with` of a step of type http. */
export const HTTP_PARAMETERS: JsonObject = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: {
    method: { enum: [...METHODS], default: 'GET' },
    url: { type: 'string', pattern: '^https?://[^/?#{}]+([/?#].*)?$', maxLength: 2_000 },
    headers: { type: 'object', additionalProperties: { type: 'string', maxLength: 4_000 } },
    body: { type: 'string', description: 'the member of the input that is the body; without it, the whole input' },
    idempotent: { type: 'boolean', description: 'the server heeds Idempotency-Key: a POST or PATCH may be repeated' },
  },
}

export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])
const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE'])

export const methodOf = ({ method }: JsonObject): string => (typeof method === 'string' ? method : 'GET')

/** Whether making the request twice has the effect of making it once (RFC 9110, 9.2.2), or the server sees to it. */
export const isRepeatable = (parameters: JsonObject): boolean => REPEATABLE.has(methodOf(parameters)) || parameters.idempotent === true

/** @returns why the input does not make a request of these parameters */
export const requestOf = (parameters: JsonObject, input: Json, id: string): Result<HttpRequest, string> => {
  const missing: string[] = []
  const fill = (template: string, encode: (text: string) => string): string =>
    template.replace(/\{([A-Za-z0-9_-]+)\}/g, (_, name: string) => {
      const value = isJsonObject(input) && Object.hasOwn(input, name) ? input[name] : undefined
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') missing.push(name)
      return encode(String(value))
    })
  const method = methodOf(parameters)
  const text = fill(String(parameters.url), encodeURIComponent)
  const headers: Record<string, string> = { accept: 'application/json', 'idempotency-key': id }
  for (const [name, value] of Object.entries(isJsonObject(parameters.headers) ? parameters.headers : {})) {
    headers[name.toLowerCase()] = fill(String(value), (filled) => filled)
  }
  if (missing.length > 0) return err(`the input has no text or number named ${missing.join(', ')}`)
  if (!URL.canParse(text)) return err(`${text} is no URL`)
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return err('a URL may not hold a name and password')
  return WITH_BODY.has(method) ? withBody({ method, url, headers }, parameters, input) : ok({ method, url, headers })
}

const withBody = (request: HttpRequest, { body: named }: JsonObject, input: Json): Result<HttpRequest, string> => {
  const content = typeof named !== 'string' ? input : isJsonObject(input) && Object.hasOwn(input, named) ? input[named] : undefined
  if (content === undefined) return err(`the input has no ${String(named)} to send`)
  const headers = { 'content-type': 'application/json', ...request.headers }
  return ok({ ...request, headers, body: JSON.stringify(content) })
}
