export { type ApiOptions, createApi } from './api.ts'
export { type AuthorityDesk, type AuthorityView, authorityView } from './authority.ts'
export { bearerOf } from './bearer.ts'
export { MAX_BODY_BYTES } from './body.ts'
export { type ConflictCase, conflictCase } from './conflict-views.ts'
export { createEngineNode, type EngineNodeParts, type Freshness } from './engine-node.ts'
export type { ApiEnv } from './environment.ts'
export { etagOf, type LogVersion } from './etag.ts'
export { PAGE_CONTENT_SECURITY_POLICY } from './guard.ts'
export { graphView, metricsView, systemView } from './insight-views.ts'
export { type Library, libraryOf } from './library.ts'
export { breakerView, resourceView } from './limit-views.ts'
export { lineViewOf } from './line-view.ts'
export { type ListPosition, type ListQuery, matches, type Page, pageOf, SORT_FIELDS, type SortField } from './listing.ts'
export { LIVE_CLOSE, type LiveFromClient, type LiveFromServer, liveFromClient, liveFromServer } from './live.ts'
export { type LiveConnection, LiveFeed, type LiveLimits, type LiveSocket } from './live-feed.ts'
export type { Decided, DecideOptions, HistoryPage, LiveEvent, NodeApi, StartRequest, When, Will } from './node-api.ts'
export { type OutcomeCount, OutcomeCounts } from './outcome-counts.ts'
export { type Authenticate, type Principal, ROLES, type Role, roleSuffices, seesFacility } from './principal.ts'
export { type Problem, type ProblemCode, problem, problemSchema, refused } from './problem.ts'
export { type RateLimit, RateLimiter, type Taken } from './rate-limit.ts'
export type { Api } from './route-parts.ts'
export { SERVER_LIMITS } from './server-limits.ts'
export { TICKET_LIFETIME_MS, TicketOffice } from './tickets.ts'
export {
  type AgentView,
  agentView,
  type FacilityView,
  facilityView,
  type HealthView,
  type HistoryEntry,
  historyEntry,
  type LinkView,
  type ProposalView,
  type StepView,
  type VerdictView,
  type WorkflowDetail,
  type WorkflowSummary,
  workflowDetail,
  workflowSummary,
} from './views.ts'
export { type Neighbour, PRESENCE, PresenceRelay } from './yjs/presence.ts'
export { YjsRooms } from './yjs/rooms.ts'
