/**
 * What the page knows, and how it comes to know it: a pure fold over what the socket and the API said.
 *
 *   snapshot ─┐
 *   found ────┼──▶ reduce ──▶ state          socket messages arrive in order; answers of the API arrive whenever they do
 *   message ──┘
 *
 * Invariants
 *   P1  A live message replaces what is held: the socket is in order.
 *   P2  An answer asked for at t never overwrites what the socket said after t.
 *   P3  A snapshot asked for after the hello leaves no gap: what it lacks, and the socket didn't say, is gone.
 *   P4  `knownAt` is the last moment at which the page had reason to believe that it shows the present; absent until the first snapshot,
 *       or an empty page would read as “nothing is held up”.
 */
import type { LivePhase } from '../api/live.ts'
import type { FacilityView, WorkflowSummary } from '../api/types.ts'

export interface Held<Value> {
  readonly value: Value
  /** When the socket last said so; absent while only answers of the API did. */
  readonly heardAt?: number
}

export interface DashboardState {
  readonly workflows: ReadonlyMap<string, Held<WorkflowSummary>>
  readonly facilities: ReadonlyMap<string, Held<FacilityView>>
  readonly live: LivePhase
  readonly knownAt?: number
  /** The node doesn't answer: what is shown is of `knownAt`. */
  readonly lost: boolean
  /** There are more workflows than were asked for. */
  readonly truncated: boolean
}

export type Action =
  | {
      readonly type: 'snapshot'
      readonly askedAt: number
      readonly workflows: readonly WorkflowSummary[]
      readonly facilities: readonly FacilityView[]
      readonly truncated: boolean
    }
  | { readonly type: 'found'; readonly askedAt: number; readonly workflows: readonly WorkflowSummary[] }
  | { readonly type: 'facilities'; readonly askedAt: number; readonly facilities: readonly FacilityView[] }
  | { readonly type: 'workflow'; readonly at: number; readonly workflow: WorkflowSummary }
  | { readonly type: 'facility'; readonly at: number; readonly facility: FacilityView }
  | { readonly type: 'live'; readonly at: number; readonly live: LivePhase }
  | { readonly type: 'unreachable' }

export const initialState: DashboardState = {
  workflows: new Map(),
  facilities: new Map(),
  live: 'connecting',
  lost: false,
  truncated: false,
}

export const reduce = (state: DashboardState, action: Action): DashboardState => {
  switch (action.type) {
    case 'snapshot':
      return {
        ...known({ ...state, knownAt: state.knownAt ?? action.askedAt }, action.askedAt),
        workflows: replaced(state.workflows, action.workflows, action.askedAt),
        facilities: replaced(state.facilities, action.facilities, action.askedAt),
        truncated: action.truncated,
      }
    case 'found':
      return { ...known(state, action.askedAt), workflows: merged(state.workflows, action.workflows, action.askedAt) }
    case 'facilities':
      return { ...known(state, action.askedAt), facilities: replaced(state.facilities, action.facilities, action.askedAt) }
    case 'workflow':
      return { ...known(state, action.at), workflows: heard(state.workflows, action.workflow, action.at) }
    case 'facility':
      return { ...known(state, action.at), facilities: heard(state.facilities, action.facility, action.at) }
    case 'live':
      return live(state, action.live, action.at)
    case 'unreachable':
      return { ...state, lost: true }
    default:
      return action satisfies never
  }
}

interface Named {
  readonly id: string
}

/** An open socket is knowledge in itself: nothing came, so nothing had changed up to the moment it went (P4). */
const live = (state: DashboardState, next: LivePhase, at: number): DashboardState =>
  next === 'live' || state.live === 'live' ? { ...known(state, at), live: next } : { ...state, live: next }

const known = (state: DashboardState, at: number): DashboardState => ({
  ...state,
  ...(state.knownAt === undefined ? {} : { knownAt: Math.max(at, state.knownAt) }),
  lost: false,
})

const heard = <Value extends Named>(held: ReadonlyMap<string, Held<Value>>, value: Value, at: number) =>
  new Map(held).set(value.id, { value, heardAt: at })

const merged = <Value extends Named>(held: ReadonlyMap<string, Held<Value>>, values: readonly Value[], askedAt: number) => {
  const next = new Map(held)
  for (const value of values) {
    const before = held.get(value.id)
    if (!isNewer(before, askedAt)) next.set(value.id, { ...before, value })
  }
  return next
}

const replaced = <Value extends Named>(held: ReadonlyMap<string, Held<Value>>, values: readonly Value[], askedAt: number) => {
  const next = merged(held, values, askedAt)
  const present = new Set(values.map(({ id }) => id))
  for (const [id, entry] of held) if (!present.has(id) && !isNewer(entry, askedAt)) next.delete(id)
  return next
}

const isNewer = (entry: Held<unknown> | undefined, askedAt: number): boolean => entry?.heardAt !== undefined && entry.heardAt >= askedAt
