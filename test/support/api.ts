/**
 * A node's API as tests use it. Every view that comes back is checked against the published schema of its kind; who is told to come
 * again later does so.
 */
import { setTimeout as sleep } from 'node:timers/promises'

import type { AgentView, FacilityView, HistoryEntry, WorkflowDetail, WorkflowSummary } from '@holdfast/shared/http'
import { agentView, facilityView, historyEntry, workflowDetail, workflowSummary } from '@holdfast/shared/http'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface StartBody {
  readonly facility: string
  readonly definition: string
  readonly version?: number
  readonly key?: string
  readonly title?: string
  readonly priority?: 'critical' | 'high' | 'normal' | 'low'
  readonly input?: unknown
}

export interface Api {
  readonly url: string
  readonly token: string
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The id of a workflow that was taken in; throws when it was refused. */
  start(body: StartBody): Promise<string>
  get(id: string): Promise<WorkflowDetail>
  list(query?: string): Promise<readonly WorkflowSummary[]>
  history(id: string): Promise<readonly HistoryEntry[]>
  facilities(): Promise<readonly FacilityView[]>
  agents(): Promise<readonly AgentView[]>
}

const TIMEOUT_MS = 15_000
const PAGE = 1_000

const isObject = (value: unknown): value is { readonly [member: string]: unknown } => typeof value === 'object' && value !== null

export const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined)

const itemsOf = (body: unknown): readonly unknown[] => {
  const items = member(body, 'items')
  if (!Array.isArray(items)) throw new TypeError(`no items in ${JSON.stringify(body)}`)
  return items
}

export const openApi = (url: string, token: string): Api => {
  const send = (method: string, path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<Response> => {
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    return fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...type, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }
  const ask: Api['ask'] = async (method, path, body, headers = {}) => {
    for (;;) {
      const response = await send(method, path, body, headers)
      const text = await response.text()
      if (response.status !== 429)
        return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
      await sleep(Number(response.headers.get('retry-after')) * 1_000)
    }
  }
  const look = async (path: string): Promise<unknown> => {
    const { status, body } = await ask('GET', path)
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  return {
    url,
    token,
    ask,
    start: async (body) => {
      const { status, body: said } = await ask('POST', '/workflows', body)
      if (status >= 300) throw new Error(`a start was answered ${status}: ${JSON.stringify(said)}`)
      return workflowOf(said).id
    },
    get: async (id) => workflowDetail.parse(await look(`/workflows/${id}`)),
    list: async (query = '') => {
      const found: WorkflowSummary[] = []
      for (let next: unknown = ''; typeof next === 'string'; ) {
        const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
        const page = await look(`/workflows?limit=200&sort=createdAt${query}${cursor}`)
        found.push(...itemsOf(page).map((item) => workflowSummary.parse(item)))
        next = member(page, 'next')
      }
      return found
    },
    history: async (id) => itemsOf(await look(`/workflows/${id}/history?limit=${PAGE}`)).map((item) => historyEntry.parse(item)),
    facilities: async () => itemsOf(await look('/facilities')).map((item) => facilityView.parse(item)),
    agents: async () => itemsOf(await look('/agents')).map((item) => agentView.parse(item)),
  }
}

/** The workflow in the answer to a start or another decision. */
export const workflowOf = (body: unknown): WorkflowSummary => workflowSummary.parse(member(body, 'workflow'))
