/**
 * What can be put to a workflow. Decisions may be refused; facts never are (C1): one that no longer counts is recorded as late.
 * `actor` is who wills or reports it, in words that the history will show.
 */
import type { Priority } from '../definition/definition.ts'
import type { Json } from '../values/json.ts'
import type { Purpose, StepError } from './event.ts'

export type Creation = {
  readonly type: 'create'
  readonly home: string
  readonly key: string
  readonly definition: string
  readonly title: string
  readonly priority: Priority
  readonly input: Json
}

/** Back to before a step, with all that followed from it; or over the steps that completed last, so many of them. */
export type Rollback = { readonly type: 'rollback'; readonly reason: string; readonly to?: string; readonly steps?: number }

/** Back over everything that settled after so many entries of the log. */
export type Restore = { readonly type: 'restore'; readonly reason: string; readonly position: number }

export type Decision =
  | Creation
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'cancel'; readonly reason: string }
  /** Ends at once; nothing is undone. */
  | { readonly type: 'terminate'; readonly reason: string }
  | { readonly type: 'set-priority'; readonly priority: Priority }
  | Rollback
  | Restore
  /** What failed is done again, with all that was cancelled or undone because of it. */
  | { readonly type: 'retry'; readonly reason: string }
  /** What had completed is undone, and ends cancelled. */
  | { readonly type: 'undo'; readonly reason: string }

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
      readonly step: string
      readonly succeeded: boolean
      readonly output: Json
    }
  | { readonly type: 'follow-up-started'; readonly key: string; readonly workflow: string }

/** What the engine itself does on behalf of `wanted`. */
export type Act =
  | ({ readonly type: 'offer'; readonly agent: string } & AttemptName)
  /** Time has passed: whatever timer is due at `now` fires. */
  | { readonly type: 'tick' }

export type Command = Decision | Fact | Act
