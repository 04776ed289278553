/**
 * A definition made ready to run: names resolved to numbers, expressions parsed once.
 * A step's number is its place among the definition's steps, in the order written; logs refer to steps by number.
 */
import type { Json, JsonObject } from '../values/json.ts'
import type { Result } from '../values/result.ts'
import type { Attemptable, CompensationSpec, Definition, EachSpec, LinkSpec, StepSpec } from './definition.ts'

/** A parsed CEL expression. `evaluate` is pure, bounded in cost, and returns its failure as a text. */
export interface Expression {
  readonly source: string
  evaluate(variables: JsonObject): Result<Json, string>
}

export type CompiledMapping = readonly { readonly name: string; readonly expression: Expression }[]

/** The expressions that every attempt may have. */
export interface CompiledAttempt<Spec extends Attemptable> {
  readonly spec: Spec
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
  /** Of a wait on another workflow's step. */
  readonly waitFor?: { readonly facility: Expression; readonly key: Expression }
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
  /** All problems of an input against the schema, as `path: what`. Empty when it fits. */
  checkInput(input: Json): readonly string[]
}
