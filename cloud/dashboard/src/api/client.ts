/**
 * The HTTP API as values: every call answers, none throws. Failures are told apart by what the person or the page does next.
 * Doesn't know about retrying; that lives with whoever asked.
 */
import type { FacilityView, HistoryEntry, Page, WorkflowDetail, WorkflowSummary } from './types.ts'

export type Failure =
  /** Try again later: no answer, or the answer of something that isn't the node (a proxy, a restart). */
  | { readonly kind: 'unreachable' }
  /** Ask for a token. */
  | { readonly kind: 'unauthorized' }
  /** Tell the person. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }

export type Answer<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure }

export interface ListQuery {
  readonly status?: string
  readonly q?: string
  readonly cursor?: string
}

export interface Client {
  workflows(query: ListQuery): Promise<Answer<Page<WorkflowSummary>>>
  workflow(id: string): Promise<Answer<WorkflowDetail>>
  /** Entries whose position is greater than `after`, oldest first. */
  history(id: string, after: number | undefined): Promise<Answer<Page<HistoryEntry>>>
  facilities(): Promise<Answer<Page<FacilityView>>>
  cancel(id: string, reason: string): Promise<Answer<'decided' | 'proposed'>>
  /** Good for opening one socket, within half a minute. */
  ticket(): Promise<Answer<string>>
}

export const PAGE_SIZE = 200
export const HISTORY_PAGE = 50
const TIMEOUT_MS = 15_000

export const createClient = (token: string, doFetch: typeof fetch = (input, init) => fetch(input, init)): Client => {
  const ask = async <Value>(path: string, init: RequestInit, read: (response: Response) => Promise<Value>): Promise<Answer<Value>> => {
    try {
      const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...init.headers }
      const response = await doFetch(`api/v1/${path}`, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
      return response.ok ? { ok: true, value: await read(response) } : { ok: false, failure: await failureOf(response) }
    } catch {
      return { ok: false, failure: { kind: 'unreachable' } }
    }
  }
  const get = <Value>(path: string): Promise<Answer<Value>> => ask<Value>(path, {}, (response) => response.json())

  return {
    workflows: ({ status, q, cursor }) => get(`workflows?${parameters({ status, q, cursor, sort: '-updatedAt', limit: PAGE_SIZE })}`),
    workflow: (id) => get(`workflows/${encodeURIComponent(id)}`),
    history: (id, after) => get(`workflows/${encodeURIComponent(id)}/history?${parameters({ after, limit: HISTORY_PAGE })}`),
    facilities: () => get('facilities'),
    cancel: (id, reason) => ask(`workflows/${encodeURIComponent(id)}`, json('DELETE', { reason }), async ({ status }) => outcomeOf(status)),
    ticket: () => ask('tickets', json('POST', {}), async (response) => (await response.json()).ticket),
  }
}

const json = (method: string, body: object): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const outcomeOf = (status: number): 'decided' | 'proposed' => (status === 202 ? 'proposed' : 'decided')

const parameters = (given: { readonly [name: string]: string | number | undefined }): string =>
  new URLSearchParams(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))).toString()

const failureOf = async (response: Response): Promise<Failure> => {
  if (response.status === 401) return { kind: 'unauthorized' }
  if (response.status >= 500 && response.headers.get('content-type')?.includes('problem') !== true) return { kind: 'unreachable' }
  const problem: { readonly title?: string; readonly detail?: string } = await response.json().catch(() => ({}))
  return { kind: 'refused', status: response.status, message: problem.detail ?? problem.title ?? `The node answered ${response.status}.` }
}
