/**
 * A definition made ready to run: names resolved to numbers, expressions parsed once.
 * A step's number is its place among the definition's steps, in the order written; logs refer to steps by number.
 */

import type { RatePolicy } from '../policy/rate.ts'
import type { Json, JsonObject } from '../values/json.ts'
import type { MissingValue } from '../values/reference.ts'
import type { Result } from '../values/result.ts'
import type {
  Attemptable,
  BreakerSpec,
  CompensationSpec,
  Definition,
  EachSpec,
  GuardSpec,
  LinkSpec,
  ResourceNeed,
  StepSpec,
} from './definition.ts'
import type { CompiledLifecycle } from './lifecycle.ts'

/** A parsed CEL expression. `evaluate` is pure, bounded in cost, and returns its failure as a text. */
export interface Expression {
  readonly source: string
  evaluate(variables: JsonObject): Result<Json, string>
  /** The first value that it would look at and that is not there, though its reference is. */
  missing(variables: JsonObject): MissingValue | undefined
}

export type CompiledMapping = readonly { readonly name: string; readonly expression: Expression }[]

/** What limits go by when an attempt is to begin: whose it is, what it asks for, and what its author says of how much and how often. */
export interface Demand {
  /** `task`, `function`, or the name of the plug-in. */
  readonly type: string
  /** The capability it asks for, or the function or plug-in it calls. */
  readonly work: string
  /** ⟨definition⟩:⟨step or compensation⟩. */
  readonly name: string
  readonly needs: readonly ResourceNeed[]
  /** Attempts of one workflow at work at once. */
  readonly concurrency?: number
  readonly rate?: RatePolicy
  readonly breaker?: BreakerSpec
  /** Its author limits it, so its beginning has to be asked for, whatever the node itself limits. */
  readonly gated: boolean
}

/** The expressions that every attempt may have. */
export interface CompiledAttempt<Spec extends Attemptable> {
  readonly spec: Spec
  /** Of work that somebody or something carries out; nothing of waits and maps. */
  readonly demand?: Demand
  readonly input?: CompiledMapping
  readonly validate?: Expression
  readonly compensation?: CompiledAttempt<CompensationSpec> & { readonly name: string }
}

export interface CompiledLink {
  readonly index: number
  readonly from: number
  readonly to: number
  readonly spec: LinkSpec
  readonly when?: Expression
}

export interface CompiledStep extends CompiledAttempt<StepSpec> {
  readonly index: number
  readonly id: string
  readonly incoming: readonly CompiledLink[]
  readonly outgoing: readonly CompiledLink[]
  /** Of a map step. */
  readonly over?: Expression
  readonly each?: CompiledAttempt<EachSpec>
  /** Of a sync step. */
  readonly barrier?: Expression
  /** Of a wait for another workflow. */
  readonly waitFor?: { readonly facility: Expression; readonly key: Expression }
}

export interface CompiledGuard {
  readonly spec: GuardSpec
  readonly require: Expression
}

export interface CompiledDefinition {
  readonly hash: string
  readonly definition: Definition
  readonly steps: readonly CompiledStep[]
  readonly numberOf: ReadonlyMap<string, number>
  readonly entries: readonly number[]
  readonly links: readonly CompiledLink[]
  readonly output?: CompiledMapping
  readonly lateCancelInput?: CompiledMapping
  readonly guards: readonly CompiledGuard[]
  readonly lifecycle?: CompiledLifecycle
  /** All problems of an input against the schema, as `path: what`. Empty when it fits. */
  checkInput(input: Json): readonly string[]
}
