/**
 * The state of one workflow: the fold of its log. Plain data, never changed in place once published.
 *
 * Invariants
 *   W1  `steps[ref]` exists for every reference any event named.
 *   W2  A terminal status never changes again.
 *   W3  `marks[journal]` is the highest proposal number of that journal that has a verdict.
 */
import type { Priority } from '../definition/definition.ts'
import type { Json } from '../values/json.ts'
import type { Awaited, ConflictRecord, StepError, Verdict } from './event.ts'
import type { StepStatus, WorkflowStatus } from './status.ts'

export interface StepState {
  /** Number of the definition's step; a map's item has its parent's number. */
  readonly spec: number
  readonly item?: number
  readonly parent?: number
  readonly status: StepStatus
  /** Within `compensating`: where the undoing attempt stands. */
  readonly phase?: 'ready' | 'offered' | 'running'
  /** Number of the latest attempt of the present purpose, 0 before the first. */
  readonly attempt: number
  /** The attempt of the work itself (not of its undoing) whose output was taken last: its result may be reported again. */
  readonly answered?: number
  /** Attempts of the present purpose that failed; a declined offer is not one. */
  readonly failures: number
  readonly agent?: string
  /** To whom each attempt was offered, by its mark (`2`, or `c2` for undoing), unless it was declined: nobody else can know of it. */
  readonly offered?: { readonly [mark: string]: string }
  /** The list element a map's item stands for. */
  readonly element?: Json
  readonly input?: Json
  readonly output?: Json
  readonly error?: StepError
  /** When the present status began, and how many entries the log had then. */
  readonly since: number
  readonly position: number
  /** How many entries the log had when somebody last began the work itself. */
  readonly begun?: number
  /** Not offered before this moment (retry back-off). */
  readonly notBefore?: number
  /** The running attempt times out at this moment. */
  readonly dueAt?: number
  readonly awaits?: Awaited
  readonly resource?: string
  /** Place in the order of completion, for undoing in reverse. */
  readonly completion?: number
  /** References of a map's items: the first, how many, and how many have not settled. */
  readonly items?: { readonly first: number; readonly count: number; readonly open: number }
  /** An attempt that no longer counted turned out to have succeeded: there is something to undo. */
  readonly doneLate?: true
}

export interface FollowUp {
  readonly key: string
  readonly definition: string
  readonly input: Json
  readonly workflow?: string
}

export interface TurnedBack {
  readonly outcome: 'failed' | 'cancelled'
  readonly error: StepError
  readonly step?: number
  readonly compensate: boolean
  readonly by: string
  readonly at: number
}

export interface WorkflowState {
  readonly status: WorkflowStatus
  readonly home: string
  readonly key: string
  readonly definition: string
  readonly name: string
  readonly version: number
  readonly title: string
  readonly priority: Priority
  readonly input: Json
  readonly output?: Json
  readonly createdAt: number
  readonly createdBy: string
  readonly startedAt?: number
  readonly endedAt?: number
  /** `at` of the latest event. */
  readonly lastAt: number
  readonly steps: readonly StepState[]
  /** Links that carried a message. */
  readonly sent: ReadonlySet<number>
  readonly completions: number
  /** Steps not yet settled. */
  readonly open: number
  /** Late results already recorded, as ⟨ref⟩.⟨mark of the attempt⟩. */
  readonly late: readonly string[]
  readonly turnedBack?: TurnedBack
  /** All that ever came, by id; `taken` by the wait that ended with it. */
  readonly signals: readonly { readonly name: string; readonly id: string; readonly payload: Json; readonly taken?: true }[]
  readonly followUps: readonly FollowUp[]
  readonly conflicts: readonly (ConflictRecord & { readonly at: number })[]
  readonly verdicts: readonly (Verdict & { readonly at: number })[]
  readonly marks: { readonly [journal: string]: number }
  /** Number of events folded. */
  readonly length: number
}
