/**
 * The state of one workflow: the fold of its log. Plain data, never changed in place once published.
 *
 * Invariants
 *   W1  `steps[ref]` exists for every reference any event named.
 *   W2  A terminal status changes only when somebody reopens the workflow.
 *   W3  `marks[journal]` is the highest proposal number of that journal that has a verdict.
 */
import type { Priority } from '../definition/definition.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Deadline } from '../policy/deadline.ts'
import type { Json } from '../values/json.ts'
import type { Awaited, ChildEnd, ConflictRecord, Parent, StepError, Verdict } from './event.ts'
import type { LinkSet } from './link-set.ts'
import type { StepStatus, WorkflowStatus } from './status.ts'

/** The same members, for whoever makes one and has not shown it to anybody. */
export type Writable<T> = { -readonly [Member in keyof T]: T[Member] }

export interface StepState {
  /** Number of the definition's step; a map's item has its parent's number. */
  readonly spec: number
  readonly item?: number | undefined
  readonly parent?: number | undefined
  readonly status: StepStatus
  /** Within `validating`: a person is asked. */
  readonly review?: { readonly queue: string } | undefined
  /** Of an approval: who has answered so far. */
  readonly voices?: readonly Voice[] | undefined
  /** Its failure for good needs nobody any more. */
  readonly discarded?: true | undefined
  /** Within `compensating`: where the undoing attempt stands. */
  readonly phase?: 'ready' | 'offered' | 'running' | undefined
  /** Number of the latest attempt of the present purpose, 0 before the first. */
  readonly attempt: number
  /** The attempt of the work itself (not of its undoing) whose output was taken last: its result may be reported again. */
  readonly answered?: number | undefined
  /** The same of earlier times: attempts whose work has been gone back on. */
  readonly answeredBefore?: readonly number[] | undefined
  /** While it is or was undone: the latest attempt of the work itself. */
  readonly lastForward?: number | undefined
  /** Once it was rewound: the latest attempt at undoing it. Numbers go on growing, so no id of an attempt is given twice. */
  readonly lastUndo?: number | undefined
  /** It was rewound and is not to be run again: what it gave before, still in `output`, counts when its turn comes. */
  readonly alreadyDone?: true | undefined
  /** It was rewound although what it had done could not be undone, or needed no undoing. */
  readonly doneBefore?: true | undefined
  /** Attempts of the present purpose that failed; a declined offer is not one. */
  readonly failures: number
  readonly agent?: string | undefined
  /** To whom each attempt was offered, by its mark (`2`, or `c2` for undoing), unless it was declined: nobody else can know of it. */
  readonly offered?: { readonly [mark: string]: string } | undefined
  /** The list element a map's item stands for. */
  readonly element?: Json | undefined
  readonly input?: Json | undefined
  readonly output?: Json | undefined
  readonly error?: StepError | undefined
  /** When the present status began, and how many entries the log had then. */
  readonly since: number
  readonly position: number
  /** How many entries the log had when somebody last began the work itself. */
  readonly begun?: number | undefined
  /** That it stands so has moved the workflow's stage, and does so no more. */
  readonly ledOn?: true | undefined
  /** Not offered before this moment (retry back-off). */
  readonly notBefore?: number | undefined
  /** The running attempt times out at this moment. */
  readonly dueAt?: number | undefined
  readonly awaits?: Awaited | undefined
  /** What it waits for, and who had that when it began to wait. */
  readonly resource?: string | undefined
  readonly shortage?: string | undefined
  /** When it first could have begun, while it waits for a resource: its place in the queue. */
  readonly queuedAt?: number | undefined
  readonly deadline?: Deadline | undefined
  /** Place in the order of completion, for undoing in reverse. */
  readonly completion?: number | undefined
  /** References of a map's items: the first, how many, and how many have not settled. */
  readonly items?: MapItems | undefined
  /** An attempt that no longer counted turned out to have succeeded: there is something to undo. */
  readonly doneLate?: true | undefined
}

export interface MapItems {
  readonly first: number
  readonly count: number
  readonly open: number
  /** The map was rewound: if it stands for the same elements again, those that are done stay done. */
  readonly kept?: true
}

export interface Voice {
  readonly by: string
  readonly approved: boolean
  readonly comment: string
}

/** A point to come back to: what settled after that many entries can be gone back on. */
export interface Checkpoint {
  readonly name: string
  readonly at: number
  readonly position: number
  /** How many steps had completed. */
  readonly completions: number
}

/** A workflow that an attempt of a step ran. */
export interface Child {
  readonly step: number
  readonly attempt: number
  readonly workflow: string
  readonly key: string
  /** It is not cancelled with its parent. */
  readonly leave: boolean
  readonly ended?: ChildEnd
}

export interface Move {
  /** Old reference → new one, −1 for none. */
  readonly placed: readonly number[]
  /** Old reference → the highest number of an attempt by then. */
  readonly highest: readonly number[]
}

/** `taken` by the wait that ended with it; `ledOn`: it moved the stage. */
export interface Signal {
  readonly name: string
  readonly id: string
  readonly payload: Json
  readonly taken?: true
  readonly ledOn?: true
}

export interface FollowUp {
  readonly key: string
  readonly definition: string
  readonly input: Json
  readonly workflow?: string
}

export interface TurnedBack {
  readonly outcome: 'failed' | 'cancelled' | 'rewound' | 'given-up'
  readonly error: StepError
  readonly step?: number
  /** Only these steps go back; without it, all. */
  readonly scope?: readonly number[]
  readonly compensate: boolean
  readonly by: string
  readonly at: number
}

export type Conflict = ConflictRecord & {
  readonly at: number
  /** A person has chosen. */
  readonly settled?: { readonly option: string; readonly comment: string; readonly by: string; readonly at: number }
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
  /** Other than its definition says: what holds now, and what held until the hub had acknowledged that. */
  readonly consistency?: { readonly policy: Consistency; readonly before: Consistency } | undefined
  readonly output?: Json | undefined
  readonly createdAt: number
  readonly createdBy: string
  readonly startedAt?: number | undefined
  readonly deadline?: Deadline | undefined
  readonly endedAt?: number | undefined
  /** When it was taken up again after its end; its timeout runs from then on. */
  readonly reopenedAt?: number | undefined
  /** `at` of the latest event. */
  readonly lastAt: number
  readonly steps: readonly StepState[]
  /** Links that carried a message. */
  readonly sent: LinkSet
  readonly completions: number
  /** Steps not yet settled. */
  readonly open: number
  /** Attempts of the work itself that were to be tried again, since it was last taken up. */
  readonly retries: number
  /** How often the engine recovered by itself. */
  readonly recoveries: number
  /** The latest, in order. */
  readonly checkpoints: readonly Checkpoint[]
  /** How steps changed places when the workflow moved to other definitions, in order. */
  readonly moves: readonly Move[]
  /** Late results already recorded, as ⟨ref⟩.⟨mark of the attempt⟩. */
  readonly late: readonly string[]
  readonly turnedBack?: TurnedBack | undefined
  /** Of its definition's own lifecycle, from the moment it began; it ends in the stage it ended in. */
  readonly stage?: string | undefined
  /** All that ever came, by id. */
  readonly signals: readonly Signal[]
  readonly followUps: readonly FollowUp[]
  /** Whose step this workflow was started by. */
  readonly parent?: Parent | undefined
  readonly children: readonly Child[]
  /** Who paused it, while it is paused. */
  readonly pausedBy?: string | undefined
  readonly conflicts: readonly Conflict[]
  readonly verdicts: readonly (Verdict & { readonly at: number })[]
  readonly marks: { readonly [journal: string]: number }
  /** Number of events folded. */
  readonly length: number
}

/** What its timeout is counted from. */
export const runsSince = ({ reopenedAt, startedAt, createdAt }: WorkflowState): number => reopenedAt ?? startedAt ?? createdAt
