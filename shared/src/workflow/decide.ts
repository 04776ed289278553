/**
 * `decide(definition, workflow, state, command, context)`: what a command leads to. Pure: time and actor are handed in.
 *
 * Decisions may be refused, with the reason and what would be legal instead; a refusal changes nothing. Facts never are. Either
 * way the answer holds the entries to append and the state they lead to; no entries means it had all happened before (EX-10).
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Instant } from '../values/instant.ts'
import { canonicalJson } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { isTimedByClock, purposeOf } from './attempt.ts'
import type { Act, Command, Decision } from './command.ts'
import { drawConsequences, makeReady } from './consequences.ts'
import { Draft } from './draft.ts'
import { stepError } from './errors.ts'
import type { LogEntry } from './event.ts'
import { evolve } from './evolve.ts'
import { takeFact } from './facts.ts'
import { DECISION_TABLE, legalDecisions } from './lifecycle.ts'
import { failAttempt, failStep, succeedStep, turnBack } from './outcome.ts'
import type { StepState, WorkflowState } from './state.ts'
import { isTerminal } from './status.ts'

export interface Decided {
  readonly entries: readonly LogEntry[]
  readonly state: WorkflowState
}

export interface DecideContext {
  readonly now: Instant
  readonly by: string
}

export const decide = (
  definition: CompiledDefinition,
  workflow: string,
  state: WorkflowState | undefined,
  command: Command,
  context: DecideContext,
): Result<Decided, Refusal> => {
  if (command.type === 'create') return state === undefined ? create(definition, workflow, command, context) : recreate(state, command)
  if (state === undefined) return err(refusal('fix-request', 'no-such-workflow', 'There is no such workflow.'))
  const draft = new Draft(definition, workflow, state, context.now, context.by)
  if (isDecision(command)) {
    const refused = check(draft, command)
    if (refused !== undefined) return err(refused)
    carryOut(draft, command)
  } else if (command.type === 'offer' || command.type === 'tick') act(draft, command)
  else takeFact(draft, command)
  drawConsequences(draft)
  return ok({ entries: draft.entries, state: draft.state })
}

const isDecision = (command: Exclude<Command, Create>): command is Exclude<Decision, Create> => command.type in DECISION_TABLE.absent

const create = (
  definition: CompiledDefinition,
  workflow: string,
  command: Create,
  { now, by }: DecideContext,
): Result<Decided, Refusal> => {
  if (workflow !== workflowIdOf(command.home, command.key)) {
    return err(refusal('fix-request', 'wrong-id', `${workflow} is not the id of key ${command.key} at ${command.home}.`))
  }
  const problems = definition.checkInput(command.input)
  if (problems.length > 0) {
    const message = `The input does not fit ${definition.definition.name}: ${problems.join('; ')}.`
    return err(refusal('fix-request', 'invalid-input', message, { errors: [...problems] }))
  }
  const { type: _, ...what } = command
  const { name, version } = definition.definition
  const event = { type: 'created', ...what, definition: definition.hash, name, version, steps: definition.steps.length } as const
  const entry = { at: now.wall, by, event }
  const born = evolve(undefined, entry)
  if (born === undefined) throw new TypeError('a created event makes a state')
  const draft = new Draft(definition, workflow, born, now, by)
  draft.entries.push(entry)
  draft.emit({ type: 'started' })
  for (const ref of definition.entries) {
    const spec = definition.steps[ref]
    if (spec !== undefined) makeReady(draft, ref, spec)
  }
  drawConsequences(draft)
  return ok({ entries: draft.entries, state: draft.state })
}

type Create = Extract<Decision, { type: 'create' }>

/** Creating twice is creating once, if it is the same that is created. */
const recreate = (state: WorkflowState, command: Create): Result<Decided, Refusal> => {
  const same = state.definition === command.definition && canonicalJson(state.input) === canonicalJson(command.input)
  if (same) return ok({ entries: [], state })
  return err(refusal('fix-request', 'key-reused', `Key ${command.key} already names a workflow with another definition or input.`))
}

const check = (draft: Draft, decision: Decision): Refusal | undefined => {
  const { status, turnedBack } = draft.state
  if (DECISION_TABLE[status][decision.type] === 'refused') {
    const legal = legalDecisions(status)
    const instead = legal.length === 0 ? 'It has ended; nothing can change it.' : `It would take: ${legal.join(', ')}.`
    return refusal('fix-request', 'illegal-transition', `A workflow that is ${status} does not take ${decision.type}. ${instead}`, {
      status,
      legal: [...legal],
    })
  }
  if (decision.type === 'cancel' || decision.type === 'pause') {
    if (turnedBack !== undefined)
      return refusal('give-up', 'already-ending', `It is already going back and will end ${turnedBack.outcome}.`)
  }
  return decision.type === 'cancel' ? pastPointOfNoReturn(draft.definition, draft.state) : undefined
}

/** Cancelling is in time until the definition's point of no return has begun. */
export const pastPointOfNoReturn = (definition: CompiledDefinition, state: WorkflowState): Refusal | undefined => {
  const { pointOfNoReturn } = definition.definition.cancel
  const ref = pointOfNoReturn === undefined ? undefined : definition.numberOf.get(pointOfNoReturn)
  const status = ref === undefined ? undefined : state.steps[ref]?.status
  if (status !== 'running' && status !== 'validating' && status !== 'succeeded') return undefined
  const how = status === 'succeeded' ? 'is done' : 'has begun'
  return refusal('give-up', 'past-point-of-no-return', `${pointOfNoReturn} ${how}; from there on it can't be cancelled.`, {
    step: pointOfNoReturn ?? null,
  })
}

const carryOut = (draft: Draft, decision: Exclude<Decision, Create>): void => {
  switch (decision.type) {
    case 'pause':
      return draft.emit({ type: 'paused' })
    case 'resume':
      draft.emit({ type: 'resumed' })
      return touchWaiting(draft)
    case 'cancel':
      return turnBack(draft, 'cancelled', stepError('cancelled', decision.reason))
    case 'set-priority':
      if (draft.state.priority !== decision.priority) draft.emit({ type: 'priority-set', priority: decision.priority })
  }
}

const act = (draft: Draft, command: Act): void => {
  if (command.type === 'tick') return tick(draft)
  const step = draft.step(command.ref)
  const offerable = step?.status === 'ready' || step?.phase === 'ready'
  if (step === undefined || !offerable || purposeOf(step) !== command.purpose || command.attempt !== step.attempt + 1) return
  draft.emit({ type: 'offered', ref: command.ref, attempt: command.attempt, agent: command.agent })
}

const touchWaiting = (draft: Draft): void => {
  draft.state.steps.forEach((step, ref) => {
    if (step.status === 'ready' || step.phase === 'ready') draft.touched.push(ref)
  })
}

const TIMEOUT = { code: 'timeout', message: 'the attempt took longer than its timeout', retryable: true }

const tick = (draft: Draft): void => {
  const { now, state, definition } = draft
  const limitMs = definition.definition.timeoutMs
  if (limitMs !== undefined && state.startedAt !== undefined && !isTerminal(state.status) && state.startedAt + limitMs <= now.wall) {
    turnBack(draft, 'failed', stepError('timeout', `the workflow took longer than ${limitMs} ms`))
  }
  state.steps.forEach((step, ref) => {
    if (isWaitOver(step, now.wall)) {
      if (draft.state.turnedBack === undefined) succeedStep(draft, ref, null)
    } else if (isTimedByClock(definition, step) && step.dueAt !== undefined && step.dueAt <= now.wall) {
      // A map isn't tried again while its items are still at work: it fails, and they are told to stop.
      if (step.items === undefined) failAttempt(draft, ref, TIMEOUT)
      else failStep(draft, ref, TIMEOUT)
    }
  })
  touchWaiting(draft)
}

/** Of a wait's end and its timeout the earlier counts, also when nobody looked until both had passed. */
const isWaitOver = ({ awaits, dueAt }: StepState, wallNow: number): boolean =>
  awaits?.kind === 'time' && awaits.until <= wallNow && (dueAt === undefined || awaits.until <= dueAt)
