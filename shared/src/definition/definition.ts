/**
 * What a kind of workflow is, as its author wrote it. A published version is immutable and known by the hash of its canonical JSON.
 *
 *   steps ──links──▶ steps        a directed acyclic graph; a link carries a trigger, a condition and data
 *   compensations                 what undoes a completed step; referred to by name, never entered by a link
 *
 * Expressions are CEL texts. Everywhere they see `input` (the workflow's), `key` (its idempotency key) and `steps.<id>.output`, and beside these
 *
 *   inside a map     `item`, `index`
 *   validate         `output`: the attempt's; in a map also `item`, `index`
 *   link conditions  `output`: the source's
 *   guards           `by`: who decides; `status`: of the workflow; `stage`: of its lifecycle, null without one
 *   compensations    `output`: of the step undone; `failure`: {step, code, message} of what turned the workflow back; in a map `item`, `index`
 */
import type { BreakerPolicy } from '../policy/breaker.ts'
import type { DeadlinePolicy } from '../policy/deadline.ts'
import type { RatePolicy } from '../policy/rate.ts'
import type { RetryPolicy } from '../policy/retry.ts'
import type { JsonObject } from '../values/json.ts'
import type { CheckpointPolicy, CompensationPolicy, OnFailure, RecoveryPolicy, ReviewPolicy } from './failure-policy.ts'
import type { LifecycleSpec } from './lifecycle.ts'
import type { Consistency } from './schema-consistency.ts'

export type Cel = string

/** Parameter name → expression; evaluated when the step becomes ready. */
export type Mapping = { readonly [name: string]: Cel }

export type Priority = 'critical' | 'high' | 'normal' | 'low'
export type AgentKind = 'robot' | 'human' | 'ai'

/** Work for an agent, under a lease. */
export interface TaskWork {
  readonly type: 'task'
  readonly capability: string
  readonly kind?: AgentKind
  readonly leaseMs: number
  /** An agent cut off from its gateway may finish what it has begun. */
  readonly mayFinishOffline: boolean
}

/** Work for a function registered on the node that runs the workflow. */
export interface FunctionWork {
  readonly type: 'function'
  readonly function: string
}

/** Work for a plug-in: an executor registered on the node that runs the workflow, authored as `type: <executor>`. */
export interface ExecutorWork {
  readonly type: 'executor'
  readonly executor: string
  /** Literal parameters; the executor's own schema says what they may be. */
  readonly with: JsonObject
}

/** What somebody or something carries out, attempt by attempt. */
export type HandWork = TaskWork | FunctionWork | ExecutorWork

/** Waits for a signal by name, for a time, or for another workflow (perhaps of another facility): for one of its steps, or its end. */
export interface WaitWork {
  readonly type: 'wait'
  readonly on:
    | { readonly kind: 'signal'; readonly signal: string }
    | { readonly kind: 'time'; readonly delayMs: number }
    | { readonly kind: 'step'; readonly facility: Cel; readonly key: Cel; readonly step: string }
    | { readonly kind: 'workflow'; readonly facility: Cel; readonly key: Cel }
}

/** Runs its inner work once for each element of a list, in parallel; succeeds with the list of outputs, in order. */
export interface MapWork {
  readonly type: 'map'
  readonly over: Cel
  readonly each: EachSpec
}

export interface EachSpec extends Attemptable {
  readonly work: HandWork
}

/** Decides the way on, and needs nobody: of its outgoing links the first whose condition holds sends, in the order written. */
export interface ChoiceWork {
  readonly type: 'choice'
}

/** Waits until so many people have approved; the first who rejects decides it. */
export interface ApprovalWork {
  readonly type: 'approval'
  readonly queue: string
  /** Whoever answers must have it. */
  readonly role?: string
  readonly needed: number
  /** Rejected, it fails with `rejected`, or succeeds with an output that says so. */
  readonly onReject: 'fail' | 'continue'
}

/** Runs a workflow of its own, at the same home; succeeds with its output. */
export interface WorkflowWork {
  readonly type: 'workflow'
  readonly definition: string
  /** Without it, the latest when the step begins. */
  readonly version?: number
  /** What becomes of it when this workflow goes back while it runs. */
  readonly onCancel: 'cancel' | 'leave'
  /** What becomes of it when this workflow goes back after it has completed. */
  readonly onUndo: 'undo' | 'leave'
}

/** Waits until so many steps, of any workflows of its home, have arrived at the barrier; all go on together. */
export interface SyncWork {
  readonly type: 'sync'
  readonly barrier: Cel
  readonly parties: number
  /** When its time is up: the step fails, or goes on without the others. */
  readonly onTimeout: 'fail' | 'proceed'
}

/** Undoes the workflow that a step ran. Never authored: it is what `onUndo` means. */
export interface UndoWork {
  readonly type: 'undo-workflow'
}

export type Work = HandWork | WaitWork | MapWork | ChoiceWork | ApprovalWork | WorkflowWork | SyncWork

/** So much of a resource that there is only so much of: held from the attempt's beginning to its end. */
export interface ResourceNeed {
  readonly resource: string
  readonly amount: number
}

/** `step`: one for each step of a definition; `work`: one for all steps that ask for the same capability or call the same function. */
export interface BreakerSpec extends BreakerPolicy {
  readonly per: 'step' | 'work'
}

/** What every kind of attempt may declare. */
export interface Attemptable {
  readonly title?: string
  readonly input?: Mapping
  readonly timeoutMs: number
  readonly retry: RetryPolicy
  /** Must hold over `output` before it counts (EX-14). */
  readonly validate?: Cel
  /** Name of the compensation that undoes it. */
  readonly compensate?: string
  /** Taken all together or not at all, so nobody holds one thing while waiting for another. */
  readonly needs?: readonly ResourceNeed[]
  /** How often attempts of this step begin, over all workflows of its home. */
  readonly rate?: RatePolicy
  readonly breaker?: BreakerSpec
  readonly review?: ReviewPolicy
  /** How long it is expected to need what it works with. */
  readonly takesMs?: number
  /** In a conflict it may yield: what that costs, in any unit that the definitions of a house share, and how long it can wait. */
  readonly yields?: { readonly cost: number; readonly upToMs: number }
}

export interface StepSpec extends Attemptable {
  /** Of a call that has no effect: for so long its output is taken again where the same input comes. */
  readonly cache?: { readonly ttlMs: number }
  readonly work: Work
  /** How many incoming links must have sent: all that still can, any one, or a number. */
  readonly join: 'all' | 'any' | number
  /** From when it became ready to when it settles. */
  readonly sla?: DeadlinePolicy
  /** The workflow goes on without it when it fails. */
  readonly optional?: boolean
}

export interface CompensationSpec extends Attemptable {
  readonly work: HandWork | UndoWork
}

export interface LinkSpec {
  readonly from: string
  readonly to: string
  /** `complete`: the source succeeded; `fail`: it failed for good; `all`: either. */
  readonly trigger: 'complete' | 'fail' | 'all'
  readonly when?: Cel
  /** Member of the source's output that travels; without it the whole output. */
  readonly sourcePort?: string
  /** Name under which it enters the target's input; without it nothing but the trigger travels. */
  readonly targetPort?: string
}

/** What happens when a cancel arrives that could not know the point of no return was passed. */
export interface LateCancelPolicy {
  readonly outcome: 'keep' | 'compensate' | 'ask'
  /** A follow-up workflow to start, by definition name; its input is mapped from this workflow. */
  readonly start?: { readonly definition: string; readonly input?: Mapping }
}

export interface CancelPolicy {
  readonly pointOfNoReturn?: string
  readonly late?: LateCancelPolicy
}

/** Holds at every decision of that kind, or it is refused with this reason. Sees `input`, `key`, `steps`, `by`, `status` and `stage`. */
export interface GuardSpec {
  readonly on: GuardedDecision
  readonly require: Cel
  readonly reason: string
}

export const GUARDED_DECISIONS = [
  'create',
  'pause',
  'resume',
  'cancel',
  'terminate',
  'set-priority',
  'set-consistency',
  'rollback',
  'restore',
  'retry',
  'undo',
  'recover',
  'review',
  'approve',
  'resolve',
  'discard',
  'checkpoint',
  'migrate',
  'enter-stage',
] as const
export type GuardedDecision = (typeof GUARDED_DECISIONS)[number]

export interface Definition {
  readonly name: string
  readonly version: number
  readonly title: string
  readonly description?: string
  /** Words to be found by. */
  readonly tags?: readonly string[]
  /** JSON Schema of the workflow's input. */
  readonly inputSchema?: JsonObject
  readonly timeoutMs?: number
  /** From its creation to its end. */
  readonly sla?: DeadlinePolicy
  readonly limits?: {
    /** Attempts of one workflow at work at once. */
    readonly concurrency?: number
  }
  readonly steps: { readonly [id: string]: StepSpec }
  readonly links: readonly LinkSpec[]
  readonly compensations: { readonly [id: string]: CompensationSpec }
  /** Name → expression over the final state. */
  readonly output?: Mapping
  /** Steps whose output other facilities may read by waiting for them; of any other step they learn only whether it succeeded. */
  readonly shares?: readonly string[]
  readonly onFailure: OnFailure
  readonly compensation?: CompensationPolicy
  /** Attempts of all steps together that may be tried again. */
  readonly retryBudget?: number
  readonly recovery?: RecoveryPolicy
  readonly checkpoints?: CheckpointPolicy
  readonly cancel: CancelPolicy
  readonly guards?: readonly GuardSpec[]
  /** Without it, `eventual`. */
  readonly consistency?: Consistency
  /** Stages of its own, in the place of those that follow from its steps. */
  readonly lifecycle?: LifecycleSpec
}

/** A problem found in a definition, at a path such as `steps.pack.retry`. All problems are reported at once. */
export interface DefinitionProblem {
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly path: string
  readonly message: string
  /** 1-based, where the source text is known. */
  readonly line?: number
  readonly column?: number
}
