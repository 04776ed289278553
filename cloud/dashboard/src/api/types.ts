/** What the HTTP API and the live socket say. The dashboard is served by the node it asks, so both are of one version. Times are epoch ms. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json }

export type Priority = 'critical' | 'high' | 'normal' | 'low'

/** What its steps do. */
export type ActivityPath =
  | 'pending'
  | 'active.initializing'
  | 'active.executing.step_preparation'
  | 'active.executing.step_execution'
  | 'active.executing.step_validation'
  | 'active.executing.step_cleanup'
  | 'active.waiting_for_resource'
  | 'active.synchronizing'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** A stage of the definition's own lifecycle takes the place of what `active` otherwise holds. */
export type StatusPath = ActivityPath | `active.${string}`

export type StepStatus =
  | 'pending'
  | 'ready'
  | 'waiting_for_resource'
  | 'offered'
  | 'running'
  | 'validating'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'compensating'
  | 'compensated'

export interface WorkflowSummary {
  readonly id: string
  readonly facility: string
  readonly key: string
  readonly title: string
  readonly definition: { readonly name: string; readonly version: number; readonly hash: string }
  readonly status: StatusPath
  readonly stage?: { readonly name: string; readonly title: string; readonly activity: ActivityPath; readonly next: readonly string[] }
  /** Only proposed so far: its home has not admitted it yet. */
  readonly pending: boolean
  readonly priority: Priority
  readonly progress: { readonly settled: number; readonly total: number; readonly percent: number }
  /** One sentence: what it does or waits for, and why. */
  readonly explain: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly endedAt?: number
  /** Proposals that wait for a verdict. */
  readonly proposals: number
  readonly conflicts: number
  /** The moment up to which the node that answered knows the workflow. */
  readonly asOf: number
  /** Its home may know more. */
  readonly behind: boolean
}

export interface ErrorView {
  readonly code: string
  readonly message: string
}

export interface StepView {
  readonly ref: number
  /** `pick`, or `pick/2` for an item of a map. */
  readonly id: string
  readonly title: string
  readonly type: string
  readonly status: StepStatus
  readonly attempt: number
  readonly agent?: string
  readonly since: number
  readonly waitsFor?: string
  readonly error?: ErrorView
  readonly input?: Json
  readonly output?: Json
  readonly parent?: number
}

export interface LinkView {
  readonly from: string
  readonly to: string
  readonly trigger: 'complete' | 'fail' | 'all'
  readonly when?: string
  readonly state: 'undecided' | 'sent' | 'dead'
}

export interface ProposalView {
  readonly journal: string
  readonly n: number
  readonly by: string
  readonly at: number
  readonly reason: string
  readonly text: string
}

export interface VerdictView {
  readonly journal: string
  readonly n: number
  readonly at: number
  readonly accepted: boolean
  readonly code: string
  readonly explanation: string
}

export interface ConflictView {
  readonly kind: string
  readonly rule: string
  readonly parties: readonly string[]
  readonly options: readonly string[]
  readonly choice: string
  readonly explanation: string
  readonly at: number
  /** Of the rule. */
  readonly version?: number
  /** What each option leads to, in a sentence. */
  readonly outcomes?: readonly { readonly option: string; readonly consequence: string }[]
  /** In which a person is asked. */
  readonly queue?: string
  readonly settled?: { readonly option: string; readonly comment: string; readonly by: string; readonly at: number }
}

export interface WorkflowDetail extends Omit<WorkflowSummary, 'proposals'> {
  readonly proposals: readonly ProposalView[]
  readonly input: Json
  readonly output?: Json
  readonly error?: ErrorView
  readonly steps: readonly StepView[]
  readonly links: readonly LinkView[]
  readonly conflictList: readonly ConflictView[]
  readonly verdicts: readonly VerdictView[]
  readonly log: { readonly length: number; readonly head: string }
}

export interface HistoryEntry {
  readonly position: number
  readonly at: number
  readonly by: string
  readonly node: string
  readonly type: string
  readonly step?: string
  readonly text: string
  readonly data: Json
}

export interface FacilityView {
  readonly id: string
  readonly title: string
  readonly connected: boolean
  readonly lastHeardAt?: number
  readonly pendingUpdates?: number
  readonly lagMs?: number
  readonly workflows: { readonly open: number; readonly completed: number; readonly failed: number; readonly cancelled: number }
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

export type LiveMessage =
  | { readonly type: 'hello'; readonly at: number }
  | { readonly type: 'workflow'; readonly workflow: WorkflowSummary }
  | { readonly type: 'facility'; readonly facility: FacilityView }
