/** For tests: the API over a toy node, with four callers, and a shorthand for asking it. */
import type { Instant } from '../values/instant.ts'
import { type ApiOptions, createApi } from './api.ts'
import type { Principal, Role } from './principal.ts'
import type { Api } from './route-parts.ts'
import { TicketOffice } from './tickets.ts'
import { type ToyNode, toyNode } from './toy-node.ts'

export const BASE = 'http://holdfast.test'

export interface ToyApi {
  readonly api: Api
  readonly node: ToyNode
  readonly tickets: TicketOffice
  readonly clock: { at: number }
  /** As the planner of harbour A, unless headers say otherwise; an object is sent as JSON, a text as it is. */
  ask(method: string, path: string, body?: object | string, headers?: Readonly<Record<string, string>>): Promise<Response>
  start(key: string, more?: object): Promise<string>
}

const principal = (name: string, role: Role, facilities: Principal['facilities']): Principal => ({ name, role, facilities })

const CALLERS = new Map([
  ['viewer-a', principal('vera', 'viewer', ['harbour-a'])],
  ['operator-a', principal('otto', 'operator', ['harbour-a'])],
  ['planner-a', principal('paula', 'planner', ['harbour-a'])],
  ['planner-b', principal('bruno', 'planner', ['harbour-b'])],
  ['admin', principal('ada', 'admin', '*')],
])

export const toyApi = (changes: Partial<ApiOptions> & { readonly toy?: ToyNode } = {}): ToyApi => {
  const { toy: node = toyNode(), ...options } = changes
  const clock = { at: 0 }
  let drawn = 0
  const now = (): Instant => ({ wall: clock.at, monotonic: clock.at })
  const random = { u32: () => drawn++ }
  const tickets = new TicketOffice({ random, now })
  const authenticate = (token: string) => CALLERS.get(token)
  const rate = { perSecond: 1, burst: 100_000 }
  const cursorKey = new TextEncoder().encode('secret')
  const api = createApi({ node, authenticate, hosts: ['holdfast.test'], cursorKey, random, now, tickets, rate, ...options })
  const ask: ToyApi['ask'] = async (method, path, body, headers = {}) => {
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    const init = { method, headers: { Authorization: 'Bearer planner-a', ...type, ...headers } }
    return api.request(`${BASE}${path}`, text === undefined ? init : { ...init, body: text })
  }
  const start: ToyApi['start'] = async (key, more = {}) => {
    const answer = await ask('POST', '/api/v1/workflows', { facility: 'harbour-a', definition: 'picking', key, ...more })
    const { workflow } = await answer.json()
    return workflow.id
  }
  return { api, node, tickets, clock, ask, start }
}
