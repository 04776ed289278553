/**
 * The port the routes stand on: one node's workflows as the API shows them. Gateway and coordinator each implement it over their engine;
 * the routes know nothing of logs, proposals or the link.
 *
 * Guarantees asked of an implementer
 *   N1  A promise that resolved `ok` is durable on this node (E3).
 *   N2  `start` with a facility and key seen before never starts a second workflow: the same content answers `replayed: true`, other
 *       content is refused with `key-reused`.
 *   N3  `expected` is compared inside the turn that decides; on a mismatch the refusal is `stale-version` and nothing changed.
 *   N4  A refusal changed nothing.
 *   N5  Listeners are called after the commit, in commit order, and may miss nothing that a later `get` would show.
 */
import type { Demand } from '../consistency/index.ts'
import type { Priority } from '../definition/definition.ts'
import type { WatchedEvent } from '../engine/event-stream.ts'
import type { ProposalName } from '../engine/inputs.ts'
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import type { AuthorityDesk } from './authority.ts'
import type { ConflictCase } from './conflict-views.ts'
import type { Conflicts } from './conflicts.ts'
import type { Insight } from './insight.ts'
import type { Library } from './library.ts'
import type { LimitsApi } from './limits.ts'
import type { ListQuery, Page } from './listing.ts'
import type { PapersApi } from './papers.ts'
import type { People } from './people.ts'
import type { Reads } from './reads.ts'
import type { RulesApi } from './rules.ts'
import type { Schedules } from './schedule-routes.ts'
import type { AgentView, FacilityView, HealthView, HistoryEntry, WorkflowDetail, WorkflowSummary } from './views.ts'

export interface StartRequest {
  readonly facility: string
  readonly key: string
  /** Name of a published definition. */
  readonly definition: string
  /** Without it, the latest version this node knows. */
  readonly version?: number
  /** Without it, the definition's title. */
  readonly title?: string
  readonly priority: Priority
  readonly input: Json
  readonly by: string
  /** What the caller demands of the answer; without it, what the workflow is decided under. */
  readonly demand?: Demand
}

/** What a caller may will of a workflow that exists. `update` is one decision: both members change, or neither does. */
export type Will =
  | Exclude<Decision, { readonly type: 'create' | 'set-priority' | 'restore' | 'undo' }>
  | Extract<Fact, { readonly type: 'signal' }>
  | { readonly type: 'update'; readonly priority?: Priority; readonly title?: string }

export interface DecideOptions {
  /** The principal's name, which the history will show. */
  readonly by: string
  /** The log the caller had seen (If-Match). */
  readonly expected?: { readonly length: number; readonly head: string }
  /** What the caller demands of the answer; without it, what the workflow is decided under. */
  readonly demand?: Demand
}

export interface Decided {
  /**
   * `proposed`: written down here, to be judged by the workflow's authority, which this node is not. `unknown`: under strong consistency,
   * decided, and not known to be held by the hub.
   */
  readonly outcome: 'decided' | 'proposed' | 'unknown'
  readonly workflow: WorkflowSummary
  readonly replayed?: boolean
  /** By which the verdict on what was proposed will be known. */
  readonly proposal?: ProposalName
}

/** The state after that many events, or as it was at that moment (wall clock). At most one of the two. */
export type When = { readonly position: number } | { readonly at: number }

export interface HistoryPage {
  readonly items: readonly HistoryEntry[]
  /** Position to ask after, when there is more. */
  readonly next?: number
}

export type LiveEvent =
  | { readonly type: 'workflow'; readonly workflow: WorkflowSummary }
  | { readonly type: 'facility'; readonly facility: FacilityView }
  | { readonly type: 'conflict'; readonly conflict: ConflictCase }
  | { readonly type: 'event'; readonly event: WatchedEvent }

export interface NodeApi {
  start(request: StartRequest): Promise<Result<Decided, Refusal>>
  decide(workflow: string, will: Will, options: DecideOptions): Promise<Result<Decided, Refusal>>
  /** Undefined when there is no such workflow here, or none yet at that moment. Rejects when what is here can't be read. */
  get(workflow: string, when?: When): Promise<WorkflowDetail | undefined>
  /** `pageOf` answers this from any sequence of summaries. */
  list(query: ListQuery): Promise<Page>
  /** Entries with a position greater than `after`, oldest first; the first event has position 1. Rejects as `get`. */
  history(workflow: string, query: { readonly after: number; readonly limit: number }): Promise<HistoryPage>
  /** A large value, which the other answers name by reference; undefined when it is not here. Rejects as `get`. */
  value(workflow: string, hash: string): Promise<Json | undefined>
  facilities(): Promise<readonly FacilityView[]>
  /** Everybody who ever registered with a facility, present or not. */
  agents(): Promise<readonly AgentView[]>
  health(): HealthView
  subscribe(listener: (event: LiveEvent) => void): () => void
  readonly reads: Reads
  readonly insight: Insight
  readonly people: People
  readonly conflicts: Conflicts
  readonly rules: RulesApi
  readonly library: Library
  readonly papers: PapersApi
  readonly schedules: Schedules
  readonly limits: LimitsApi
  readonly authority: AuthorityDesk
}
