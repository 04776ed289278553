/**
 * A decision in the making: the state so far and the entries that led to it. Emitting an event evolves the state at once, so every
 * later consequence is drawn from what the earlier ones left behind.
 */
import type { CompiledDefinition, CompiledMapping, Expression } from '../definition/compiled.ts'
import { refuseContent } from '../values/content.ts'
import type { Instant } from '../values/instant.ts'
import type { Json, JsonObject } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import { boundedText } from '../values/text.ts'
import { specOf } from './attempt.ts'
import { stepError, valueMissing } from './errors.ts'
import type { EventOf, LogEntry, StepError, WorkflowEvent } from './event.ts'
import { evolve } from './evolve.ts'
import { type NodeContext, PLAIN_NODE } from './node-context.ts'
import { nextStage } from './stage.ts'
import type { StepState, WorkflowState } from './state.ts'

export class Draft {
  readonly workflow: string
  readonly now: Instant
  readonly by: string
  readonly node: NodeContext
  readonly entries: LogEntry[] = []
  /** References whose status changed and whose consequences are not drawn yet. */
  readonly touched: number[] = []
  #definition: CompiledDefinition
  #state: WorkflowState
  #outputs: { readonly steps: readonly StepState[]; readonly value: JsonObject } | undefined

  constructor(definition: CompiledDefinition, workflow: string, state: WorkflowState, now: Instant, by: string, node = PLAIN_NODE) {
    this.#definition = definition
    this.workflow = workflow
    this.#state = state
    this.now = now
    this.by = by
    this.node = node
  }

  get definition(): CompiledDefinition {
    return this.#definition
  }

  get state(): WorkflowState {
    return this.#state
  }

  /** The log's time never runs back, whatever the wall clock does. */
  get at(): number {
    return Math.max(this.now.wall, this.#state.lastAt)
  }

  emit(event: WorkflowEvent, by = this.by): void {
    this.#append(event, by)
    this.#moveOn(by)
  }

  /** The workflow moves to another definition; what is drawn from here on is drawn under that. */
  adopt(definition: CompiledDefinition, event: EventOf<'migrated'>): void {
    this.#append(event, this.by)
    this.#definition = definition
    this.#moveOn(this.by)
  }

  #append(event: WorkflowEvent, by: string): void {
    const entry = { at: this.at, by, event }
    this.#state = evolve(this.#state, entry) ?? this.#state
    this.entries.push(entry)
    if ('ref' in event) this.touched.push(event.ref)
  }

  /** A stage is entered right behind what led to it, before anything else follows from that. */
  #moveOn(by: string): void {
    const { lifecycle } = this.#definition
    if (lifecycle === undefined) return
    for (let stage = nextStage(lifecycle, this.#state); stage !== undefined; stage = nextStage(lifecycle, this.#state))
      this.#append(stage, by)
  }

  step(ref: number): StepState | undefined {
    return this.#state.steps[ref]
  }

  /** What expressions see: the workflow's input, every completed step's output, and what the place adds. */
  variables(extra: JsonObject = {}): JsonObject {
    if (this.#outputs?.steps !== this.#state.steps) this.#outputs = { steps: this.#state.steps, value: this.#stepOutputs() }
    return { input: this.#state.input, key: this.#state.key, steps: this.#outputs.value, ...extra }
  }

  #stepOutputs(): JsonObject {
    const outputs: Record<string, Json> = {}
    for (const step of this.#state.steps) {
      if (step.parent !== undefined) continue
      const { status } = step
      // Whoever succeeds with nothing to say has said null: the expression of a later step must not fail on it.
      const output = step.output === undefined && status === 'succeeded' ? null : step.output
      outputs[specOf(this.definition, step).id] = output === undefined ? { status } : { status, output }
    }
    return outputs
  }
}

/** Enough to find the expression by; the rest of the message is what went wrong. */
const MAX_QUOTED = 200

const expressionError = (expression: Expression, message: string): StepError =>
  stepError('expression-error', `\`${boundedText(expression.source, MAX_QUOTED)}\`: ${message}`)

/** What the expression gives, if all that it looks at is here. */
export const answerOf = (expression: Expression, variables: JsonObject): Result<Json, StepError> => {
  const missing = expression.missing(variables)
  if (missing !== undefined) return err(valueMissing(missing))
  const result = expression.evaluate(variables)
  return result.ok ? result : err(expressionError(expression, result.error))
}

/** Levels of nesting kept free around a value: a list of outputs, a follow-up's input, an entry, a message. */
const ENVELOPE = 4

/** Why no log could hold this value, if so: left to the commit, it would fail the whole turn, and again at every later try. */
export const unusable = (value: Json): string | undefined => refuseContent(value, ENVELOPE)?.message.replace(/\.$/, '')

/** The same, if a log can hold it. */
export const evaluate = (expression: Expression, variables: JsonObject): Result<Json, StepError> => {
  const result = answerOf(expression, variables)
  if (!result.ok) return result
  const problem = unusable(result.value)
  return problem === undefined ? result : err(expressionError(expression, problem))
}

/** All parameters of a mapping, or the first expression that failed. */
export const evaluateMapping = (mapping: CompiledMapping, variables: JsonObject): Result<Record<string, Json>, StepError> => {
  const values: Record<string, Json> = {}
  for (const { name, expression } of mapping) {
    const result = evaluate(expression, variables)
    if (!result.ok) return result
    values[name] = result.value
  }
  return ok(values)
}
