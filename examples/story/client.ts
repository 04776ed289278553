/** The API as the story's operator uses it: plain HTTP, with a token. */
import { z } from 'zod'

const summary = z.object({
  id: z.string(),
  facility: z.string(),
  key: z.string(),
  title: z.string(),
  status: z.string(),
  pending: z.boolean(),
  priority: z.string(),
  progress: z.object({ settled: z.number(), total: z.number(), percent: z.number() }),
  explain: z.string(),
  definition: z.object({ name: z.string() }),
})
export type Summary = z.infer<typeof summary>

const verdict = z.object({ accepted: z.boolean(), code: z.string(), explanation: z.string() })
const detail = summary.extend({
  steps: z.array(z.object({ id: z.string(), status: z.string(), type: z.string(), attempt: z.number() })),
  verdicts: z.array(verdict),
  conflictList: z.array(z.object({ rule: z.string(), choice: z.string(), explanation: z.string(), parties: z.array(z.string()) })),
  proposals: z.array(z.unknown()),
  log: z.object({ length: z.number(), head: z.string() }),
})
export type Detail = z.infer<typeof detail>

const facility = z.object({
  id: z.string(),
  title: z.string(),
  connected: z.boolean(),
  pendingUpdates: z.number().optional(),
  lagMs: z.number().optional(),
  workflows: z.object({ open: z.number(), completed: z.number(), failed: z.number(), cancelled: z.number() }),
})
export type Facility = z.infer<typeof facility>

const page = z.object({ items: z.array(summary), next: z.string().optional() })
const decided = z.object({ outcome: z.enum(['decided', 'proposed']), workflow: summary })
const problem = z.object({ type: z.string(), detail: z.string().optional(), errors: z.array(z.object({ detail: z.string() })).optional() })

export type Started =
  | { readonly ok: true; readonly workflow: Summary }
  | { readonly ok: false; readonly status: number; readonly why: string }

export interface Client {
  start(body: unknown): Promise<Started>
  list(query?: string): Promise<readonly Summary[]>
  get(id: string): Promise<Detail>
  cancel(id: string, reason: string): Promise<'decided' | 'proposed'>
  setPriority(id: string, priority: 'critical' | 'high' | 'normal' | 'low'): Promise<'decided' | 'proposed'>
  signal(id: string, name: string): Promise<'decided' | 'proposed'>
  facilities(): Promise<readonly Facility[]>
  /** The node's own sentence about itself. */
  health(): Promise<string>
}

const CALL_TIMEOUT_MS = 10_000

export const openClient = (url: string, token: string): Client => {
  const call = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> => {
    const json = body === undefined ? {} : { 'Content-Type': 'application/json' }
    return fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...json, ...headers },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
  const expect = async <Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.infer<Schema>> => {
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`)
    return schema.parse(await response.json())
  }
  const decide = async (method: string, path: string, body: unknown, headers?: Readonly<Record<string, string>>) =>
    (await expect(decided, await call(method, path, body, headers))).outcome
  return {
    start: async (body) => {
      const response = await call('POST', '/workflows', body)
      if (response.ok) return { ok: true, workflow: decided.parse(await response.json()).workflow }
      const said = problem.parse(await response.json())
      const errors = said.errors?.map((error) => error.detail).join('; ')
      return { ok: false, status: response.status, why: errors ?? said.detail ?? said.type }
    },
    list: async (query = '') => {
      const items: Summary[] = []
      let cursor: string | undefined
      do {
        const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const got = await expect(page, await call('GET', `/workflows?limit=200&sort=createdAt${query}${after}`))
        items.push(...got.items)
        cursor = got.next
      } while (cursor !== undefined)
      return items
    },
    get: async (id) => expect(detail, await call('GET', `/workflows/${id}`)),
    cancel: (id, reason) => decide('DELETE', `/workflows/${id}`, { reason }),
    setPriority: async (id, priority) => {
      const current = await call('GET', `/workflows/${id}`)
      return decide('PUT', `/workflows/${id}`, { priority }, { 'If-Match': current.headers.get('etag') ?? '' })
    },
    signal: (id, name) => decide('POST', `/workflows/${id}/signal`, { name, id: `story-${name}`, payload: null }),
    health: async () => (await expect(z.object({ explain: z.string() }), await fetch(`${url}/health`))).explain,
    facilities: async () => (await expect(z.object({ items: z.array(facility) }), await call('GET', '/facilities'))).items,
  }
}
