/**
 * What can be put to a workflow. Decisions may be refused; facts never are (C1): one that no longer counts is recorded as late.
 * `actor` is who wills or reports it, in words that the history will show.
 */
import type { Priority } from '../definition/definition.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Json } from '../values/json.ts'
import type { ChildEnd, Clash, Parent, Purpose, ReviewAnswer, StepError } from './event.ts'

export type Creation = {
  readonly type: 'create'
  readonly home: string
  readonly key: string
  readonly definition: string
  readonly title: string
  readonly priority: Priority
  readonly input: Json
  /** Set by the node that runs the parent; nobody else can. */
  readonly parent?: Parent
}

/** Back to before a step, with all that followed from it; or over the steps that completed last, so many of them. */
export type Rollback = { readonly type: 'rollback'; readonly reason: string; readonly to?: string; readonly steps?: number }

/** Back over everything that settled after so many entries of the log, or after a checkpoint: of that name, or the latest. */
export type Restore = { readonly type: 'restore'; readonly reason: string; readonly position?: number; readonly checkpoint?: string }

/** One of the ways to recover, chosen by an operator; a checkpoint by name, or the latest. */
export type Recovery = { readonly type: 'recover'; readonly reason: string } & (
  | { readonly strategy: 'retry' }
  | { readonly strategy: 'rollback'; readonly to?: string; readonly steps?: number }
  | { readonly strategy: 'restore'; readonly checkpoint?: string; readonly position?: number }
  | { readonly strategy: 'manual'; readonly queue: string }
)

/** What becomes of a step about which a person was asked; with `continue` the output is the person's, or the one that was doubted. */
export type Review = {
  readonly type: 'review'
  readonly step: string
  readonly answer: ReviewAnswer
  readonly output?: Json
  readonly comment: string
}

/** One person's voice. `roles` are those that whoever authenticated the person vouches for. */
export type Approval = {
  readonly type: 'approve'
  readonly step: string
  readonly approved: boolean
  readonly comment: string
  readonly roles: readonly string[]
}

/** On in its definition's own lifecycle. */
export type StageMove = { readonly type: 'enter-stage'; readonly stage: string; readonly reason?: string }

/** One of the options of a conflict that waits for a person. `roles` as with approvals. */
export type Resolve = {
  readonly type: 'resolve'
  readonly conflict: string
  readonly option: string
  readonly comment: string
  readonly roles: readonly string[]
}

/** To another version of its definition, by its hash. `mapping`: old step → new step, where the names differ. */
export type Migration = { readonly type: 'migrate'; readonly definition: string; readonly mapping?: { readonly [step: string]: string } }

export type Decision =
  | Creation
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel'; readonly reason: string }
  /** Ends at once; nothing is undone. */
  | { readonly type: 'terminate'; readonly reason: string }
  | { readonly type: 'set-priority'; readonly priority: Priority }
  | { readonly type: 'set-consistency'; readonly consistency: Consistency }
  | Rollback
  | Restore
  /** What failed is done again, with all that was cancelled or undone because of it. `step`: what was given up, by name; else all. */
  | { readonly type: 'retry'; readonly reason: string; readonly step?: string }
  /** What had completed is undone, and ends cancelled. */
  | { readonly type: 'undo'; readonly reason: string }
  | Recovery
  | Review
  | Approval
  | Resolve
  /** A step that failed for good needs nobody any more. */
  | { readonly type: 'discard'; readonly step: string; readonly reason: string }
  | { readonly type: 'checkpoint'; readonly name: string }
  | Migration
  | StageMove

/** Names one attempt: the reporter echoes what it was offered. */
export interface AttemptName {
  readonly ref: number
  readonly attempt: number
  readonly purpose: Purpose
}

/** Who made the call names its function or executor, so that no agent's report can pass for the end of a call. */
interface MaybeOfCall {
  readonly function?: string
}

type ReportedError = Omit<StepError, 'retryable'> & { readonly retryable?: boolean }

export type Fact =
  | ({ readonly type: 'attempt-accepted' } & AttemptName)
  | ({ readonly type: 'attempt-declined'; readonly reason: string } & AttemptName)
  | ({ readonly type: 'attempt-succeeded'; readonly output: Json } & AttemptName & MaybeOfCall)
  | ({ readonly type: 'attempt-failed'; readonly error: ReportedError } & AttemptName & MaybeOfCall)
  | ({ readonly type: 'attempt-stopped' } & AttemptName)
  | ({ readonly type: 'lease-lost' } & AttemptName)
  | { readonly type: 'signal'; readonly name: string; readonly id: string; readonly payload: Json }
  | {
      readonly type: 'step-settled-elsewhere'
      readonly workflow: string
      /** Without it, the workflow itself has ended. */
      readonly step?: string
      readonly succeeded: boolean
      readonly output: Json
    }
  /** The workflow that an attempt of a step ran, or undid, has ended so. */
  | {
      readonly type: 'child-ended'
      readonly of: AttemptName
      readonly status: ChildEnd
      readonly output: Json
      readonly error?: { readonly code: string; readonly message: string }
    }
  /** All parties of the barrier that a step waits at have arrived, so many of them. `position` tells this wait from an earlier one. */
  | { readonly type: 'barrier-met'; readonly step: number; readonly position: number; readonly arrived: number }
  /** The same, found by whoever sees the workflows of several homes. */
  | { readonly type: 'collision'; readonly clash: Clash; readonly about: Json }
  | { readonly type: 'follow-up-started'; readonly key: string; readonly workflow: string }

/** What the engine itself does on behalf of `wanted`. */
export type Act =
  | ({ readonly type: 'offer'; readonly agent: string } & AttemptName)
  /** What needs nobody's hand may begin now. */
  | ({ readonly type: 'begin' } & AttemptName)
  /** It may not begin for want of this; `shortage` says in words who has it. */
  | ({ readonly type: 'await'; readonly resource: string; readonly shortage?: string } & AttemptName)
  /** It must not even be tried. */
  | ({ readonly type: 'deny'; readonly error: StepError } & AttemptName)
  /** A conflict was found here; `about` tells it from others that its rule finds. */
  | { readonly type: 'conflict'; readonly clash: Clash; readonly about: Json }
  /** What a person was asked has answered itself. */
  | { readonly type: 'conflict-over'; readonly conflict: string; readonly option: string; readonly comment: string }
  /** A workflow that was created has got its place. */
  | { readonly type: 'start' }
  /** Time has passed: whatever timer is due at `now` fires. */
  | { readonly type: 'tick' }

export type Command = Decision | Fact | Act

const ACTS: Readonly<Record<Act['type'], true>> = {
  conflict: true,
  'conflict-over': true,
  offer: true,
  begin: true,
  await: true,
  deny: true,
  start: true,
  tick: true,
}

export const isAct = (command: Command): command is Act => command.type in ACTS
