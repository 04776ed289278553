/**
 * What an author says of a step: the authored form, with the names and types it may refer to. `takes` and `returns` tell the compiler only.
 * A step that others lead to — a fallback, the ways of a choice — is named before them.
 */
import type { Json, JsonObject } from '../../values/json.ts'
import type { AgentKind, GuardedDecision } from '../definition.ts'
import type { OnFailure, ReviewPolicy } from '../failure-policy.ts'
import type { Expression, Known, Mapping, Sees, SeesDecision, SeesItem, SeesOutput, SeesUndone, StepId, Undoing } from './known.ts'
import type { ItemAt } from './path.ts'
import type { Shape } from './shape.ts'

/** Milliseconds, or a text such as `30s`, `5m`, `2h`. */
type Duration = number | string

interface Retry {
  readonly strategy?: 'none' | 'fixed' | 'linear' | 'exponential'
  readonly maxAttempts?: number
  readonly initialDelayMs?: Duration
  readonly maxDelayMs?: Duration
  readonly multiplier?: number
  readonly jitter?: boolean
  readonly retryOn?: readonly string[]
  readonly neverRetryOn?: readonly string[]
}

interface Common {
  readonly title?: string
  readonly timeoutMs?: Duration
  readonly retry?: 'standard' | 'aggressive' | 'conservative' | 'none' | Retry
}

interface Sla {
  readonly atRiskMs?: Duration
  readonly breachMs: Duration
}

interface Joining<K extends Known> {
  readonly join?: 'all' | 'any' | number
  readonly optional?: boolean
  readonly fallback?: StepId<K>
  readonly sla?: Sla
}

interface Limited {
  readonly needs?: readonly { readonly resource: string; readonly amount?: number }[]
  readonly rate?: { readonly perSecond: number; readonly burst?: number }
}

interface Reviewable {
  readonly review?: { readonly queue: string; readonly on?: ReviewPolicy['on'] }
}

interface Breakable extends Limited {
  readonly breaker?: {
    readonly threshold?: { readonly failures: number } | { readonly share: number; readonly of?: number; readonly windowMs?: Duration }
    readonly openMs?: Duration
    readonly successes?: number
    readonly per?: 'step' | 'work'
  }
}

type Attempts = { readonly attempts?: number }

/** What the workflow does when a step has failed for good. */
export interface FailurePolicies {
  readonly onFailure?: OnFailure
  readonly compensation?: { readonly onError?: 'continue' | 'halt' }
  readonly retryBudget?: number
  readonly recovery?: Attempts &
    (
      | { readonly strategy: 'retry' | 'restore' }
      | { readonly strategy: 'rollback'; readonly to: string }
      | { readonly strategy: 'rollback'; readonly steps: number }
      | { readonly strategy: 'manual'; readonly queue: string }
    )
  readonly checkpoints?: { readonly every: 'step' | number | string }
}

export interface Promised {
  readonly sla?: Sla
  readonly limits?: { readonly concurrency?: number }
  readonly consistency?: ConsistencySpec
}

interface Task {
  readonly type: 'task'
  readonly capability: string
  readonly kind?: AgentKind
  readonly leaseMs?: Duration
  readonly mayFinishOffline?: boolean
}

interface Called {
  readonly type: 'function'
  readonly function: string
}

interface Executed {
  readonly type: 'executor'
  readonly executor: string
  readonly with: JsonObject
}

type Hands = Task | Called | Executed

/** Of a call without effect: for so long its output counts again for the same input. */
interface Cached {
  readonly cache?: { readonly ttlMs: Duration }
}

interface Attempt<Seen, Takes, Output> extends Common {
  readonly takes?: Shape<Takes>
  readonly returns?: Shape<Output>
  readonly input?: Mapping<Seen, NoInfer<Takes>>
}

interface Checked<K extends Known, Output> {
  readonly validate?: Expression<SeesOutput<K, NoInfer<Output>>, boolean>
  readonly compensate?: Undoing<K, NoInfer<Output>>
}

type Worked<K extends Known, Seen, Takes, Output, By = Hands> = Attempt<Seen, Takes, Output> &
  Checked<K, Output> &
  Breakable &
  Reviewable &
  By

interface Waiting<K extends Known, Output> extends Common, Joining<K> {
  readonly type: 'wait'
  readonly returns?: Shape<Output>
  readonly on:
    | { readonly kind: 'signal'; readonly signal: string }
    | { readonly kind: 'time'; readonly delayMs: Duration }
    | {
        readonly kind: 'step'
        readonly facility: Expression<Sees<K>, string>
        readonly key: Expression<Sees<K>, string>
        readonly step: string
      }
    | { readonly kind: 'workflow'; readonly facility: Expression<Sees<K>, string>; readonly key: Expression<Sees<K>, string> }
}

interface Approving<K extends Known, Takes, Output> extends Common, Joining<K> {
  readonly type: 'approval'
  readonly queue: string
  readonly role?: string
  readonly needed?: number
  readonly onReject?: 'fail' | 'continue'
  readonly takes?: Shape<Takes>
  readonly returns?: Shape<Output>
  readonly input?: Mapping<Sees<K>, NoInfer<Takes>>
}

interface Child {
  readonly type: 'workflow'
  readonly definition: string
  readonly version?: number
  readonly onCancel?: 'cancel' | 'leave'
  readonly onUndo?: 'undo' | 'leave'
}

export type StepSpec<K extends Known, Takes, Output> =
  | (Worked<K, Sees<K>, Takes, Output, Task> & Joining<K>)
  | (Worked<K, Sees<K>, Takes, Output, Called | Executed> & Joining<K> & Cached)
  | (Waiting<K, Output> & Reviewable)
  | Approving<K, Takes, Output>
  | (Attempt<Sees<K>, Takes, Output> & Checked<K, Output> & Joining<K> & Child)

export interface MapSpec<K extends Known, Over, Takes, Output> extends Common, Joining<K> {
  readonly over: Over
  readonly each: Worked<K, SeesItem<K, ItemAt<Sees<K>, Over>>, Takes, Output>
}

export interface SyncSpec<K extends Known> extends Common, Joining<K>, Reviewable {
  readonly barrier: Expression<Sees<K>, string>
  readonly parties: number
  readonly onTimeout?: 'fail' | 'proceed'
}

/** What came of waiting at a barrier; alone when its time was up, it says of nobody that they arrived. */
export interface Met {
  readonly complete: boolean
  readonly arrived?: number
}

export interface GuardSpec<K extends Known> {
  readonly on: GuardedDecision
  readonly require: Expression<SeesDecision<K>, boolean>
  readonly reason: string
}

export interface ChoiceSpec<K extends Known> extends Common, Joining<K> {
  readonly cases: readonly { readonly when: Expression<Sees<K>, boolean>; readonly to: StepId<K> }[]
  readonly otherwise?: StepId<K>
}

export type CompensationSpec<K extends Known, Takes, Undone> = Attempt<SeesUndone<K, NoInfer<Undone>>, Takes, Json> &
  Limited &
  Hands & { readonly undoes?: Shape<Undone> }

export interface LinkSpec<K extends Known, Output, Source, Target> {
  readonly trigger?: 'complete' | 'fail' | 'all'
  readonly when?: Expression<SeesOutput<K, Output>, boolean>
  readonly sourcePort?: Source
  readonly targetPort?: Target
}

export interface CancelSpec<K extends Known> {
  readonly pointOfNoReturn?: StepId<K>
  readonly late?: {
    readonly outcome?: 'keep' | 'compensate' | 'ask'
    readonly start?: { readonly definition: string; readonly input?: { readonly [name: string]: Expression<Sees<K>, Json> } }
  }
}

/** How consistent decisions about the workflow are; without it, `eventual`. */
export type ConsistencySpec =
  | 'strong'
  | 'eventual'
  | { readonly level: 'bounded_staleness'; readonly maxLag: number | string; readonly maxPending: number }
