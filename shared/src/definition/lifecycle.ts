/**
 * A lifecycle of the author's own (DEF-8): the stages that `active` is refined into, and what leads from one to the next.
 *
 *   initial ──on──▶ stage ──on──▶ final          while it is active, a workflow is in exactly one stage, shown as `active.<stage>`
 *
 *   on: {step, is}    the step stands so, whether it came to before the stage was entered or after
 *   on: {signal}      a signal of that name has come
 *   on: decision      somebody says so
 *
 * Stages describe; they begin and hold up nothing. A final stage is never left.
 */

/** How a step may stand that leads on. `pending` is missing: every step stands so from the first. */
export const STEP_STANDS = [
  'ready',
  'waiting_for_resource',
  'offered',
  'running',
  'validating',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'compensating',
  'compensated',
] as const
export type StepStands = (typeof STEP_STANDS)[number]

/** Part of a path, `active.<stage>`. */
export const STAGE_NAME = /^[a-z0-9_-]{1,64}$/

/** What `active` is refined into where the author says nothing: a stage of such a name would be taken for it. */
export const BUILT_IN_STAGES: readonly string[] = ['initializing', 'executing', 'waiting_for_resource', 'synchronizing']

export interface StageSpec {
  readonly title?: string
  readonly final: boolean
}

export type Occasion = { readonly step: string; readonly is: StepStands } | { readonly signal: string } | 'decision'

export interface TransitionSpec {
  readonly from: string
  readonly to: string
  readonly on: Occasion
}

export interface LifecycleSpec {
  readonly initial: string
  readonly states: { readonly [name: string]: StageSpec }
  /** Of several that hold, the one written first is taken. */
  readonly transitions: readonly TransitionSpec[]
}

/** A way out of a stage. */
export type StageWay = { readonly to: string } & (
  | { readonly on: 'step'; readonly step: number; readonly is: StepStands }
  | { readonly on: 'signal'; readonly signal: string }
  | { readonly on: 'decision' }
)

export interface CompiledLifecycle {
  readonly initial: string
  readonly stages: ReadonlyMap<string, StageSpec>
  readonly ways: ReadonlyMap<string, readonly StageWay[]>
}

/** @throws when the lifecycle wasn't checked before: every step it names must be there */
export const compileLifecycle = (spec: LifecycleSpec, numberOf: ReadonlyMap<string, number>): CompiledLifecycle => {
  const ways = new Map<string, StageWay[]>()
  for (const { from, to, on } of spec.transitions) ways.set(from, [...(ways.get(from) ?? []), wayOf(to, on, numberOf)])
  return { initial: spec.initial, stages: new Map(Object.entries(spec.states)), ways }
}

const wayOf = (to: string, on: Occasion, numberOf: ReadonlyMap<string, number>): StageWay => {
  if (on === 'decision') return { to, on }
  if ('signal' in on) return { to, on: 'signal', signal: on.signal }
  const step = numberOf.get(on.step)
  if (step === undefined) throw new Error(`there is no step ${on.step}`)
  return { to, on: 'step', step, is: on.is }
}
