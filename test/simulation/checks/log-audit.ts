/**
 * One pass over a workflow's log, event by event with the state before and after it:
 *
 *   I18  only legal transitions; what has ended stays ended until it is reopened; time does not run back
 *   I20  no wait ends, and no further attempt is offered, before its time
 *   I22  a step has one open attempt at a time
 *   I21  a step counts as done by the effect of that very attempt; undoing is of completed steps only, the latest first, and complete
 *   I23  every offer ends in one way
 */
import type { CompiledDefinition } from '@holdfast/shared/definition'
import { assertInvariant, assertNone, unconserved } from '@holdfast/shared/testing'
import { isJsonObject, type Json } from '@holdfast/shared/values'
import {
  attemptOf,
  isSettled,
  isTerminal,
  type LogEntry,
  purposeOf,
  STEP_TABLE,
  type StepState,
  specOf,
  taskId,
  WORKFLOW_TABLE,
  type WorkflowState,
} from '@holdfast/shared/workflow'
import { isLegalMove } from './stages.ts'

type Event = LogEntry['event']
type OfStep = Extract<Event, { readonly ref: number }>

export class LogAudit {
  /** Task → agent it was offered to. */
  readonly offered = new Map<string, string>()
  /** Attempts whose success moved a step. */
  readonly credited = new Set<string>()
  /** Attempts whose success came too late and is on record. */
  readonly late = new Set<string>()
  /** Effects of others' attempts that spared a call of its own. */
  readonly reused = new Set<string>()
  readonly #id: string
  #definition: CompiledDefinition
  readonly #open = new Map<number, string>()
  /** Completed steps that declare an undoing, in the order in which they completed last. */
  readonly #undoable = new Set<number>()
  /** Steps whose next success is a person's word. */
  readonly #answered = new Set<number>()
  #hasHalted = false
  readonly #ends = { done: 0, failed: 0, cancelled: 0 }

  constructor(workflow: string, definition: CompiledDefinition) {
    this.#id = workflow
    this.#definition = definition
  }

  /** Tasks that somebody holds by this log. */
  get open(): Iterable<string> {
    return this.#open.values()
  }

  /** From here on it goes by another version, whose steps have the numbers that the first one's had. */
  adopt(definition: CompiledDefinition): CompiledDefinition {
    this.#definition = definition
    return definition
  }

  /** One entry more, with the state before it and the state it led to. */
  take(before: WorkflowState | undefined, { at, event }: LogEntry, after: WorkflowState): void {
    if (before === undefined) return
    const ended = isTerminal(before.status)
    this.#must('I18 terminal stays terminal', !ended || event.type === 'reopened' || after.status === before.status, {
      from: before.status,
      to: after.status,
    })
    this.#must('I18 created once', event.type !== 'created', { at: before.length })
    this.#must('I18 time does not run back', at >= before.lastAt, { at, before: before.lastAt })
    if (event.type in WORKFLOW_TABLE.pending) this.#takeLifecycle(before, event)
    this.#must('I18 legal stages only', isLegalMove(this.#definition, before, event), { at: before.length, stage: before.stage ?? '' })
    const isNew = event.type !== 'signalled' || before.signals.every(({ id }) => id !== event.id)
    this.#must('I21 a signal is taken once', isNew, { at: before.length })
    if ('ref' in event) this.#takeStep(before, event, at)
    if (event.type === 'rewound' || event.type === 'given-up') this.#gone(before, event.refs)
    if (!ended && isTerminal(after.status)) this.#auditEnd(after)
  }

  #must(invariant: string, condition: boolean, details: { readonly [key: string]: Json }): void {
    assertInvariant(invariant, condition, () => ({ workflow: this.#id, ...details }))
  }

  #takeLifecycle({ status, length }: WorkflowState, { type }: Event): void {
    const row: { readonly [type: string]: string | null } = WORKFLOW_TABLE[status]
    this.#must('I18 legal transitions only', row[type] !== null, { status, type, at: length })
  }

  #takeStep(before: WorkflowState, event: OfStep, at: number): void {
    const step = before.steps[event.ref]
    this.#must('I18 events name steps that exist', step !== undefined, { ref: event.ref, type: event.type })
    if (step === undefined) return
    const attempt = taskId(this.#id, { ref: event.ref, attempt: step.attempt, purpose: purposeOf(step) })
    if (event.type === 'late-result') return this.#takeLate(before, event)
    const moved = STEP_TABLE[step.status][event.type] !== null
    this.#must('I18 legal transitions only', moved, { step: step.status, type: event.type, at: before.length })
    auditTime(step, event, at)
    if (event.type === 'offered') return this.#offer(before, event, purposeOf(step))
    this.#auditBeginning(before, step, event)
    this.#close(event)
    if (event.type === 'reviewed') this.#answered.add(event.ref)
    if (event.type === 'compensation-failed') this.#hasHalted ||= this.#definition.definition.compensation?.onError === 'halt'
    if (event.type === 'compensated') this.credited.add(attempt)
    if (event.type === 'compensating') this.#undo(before, event.ref)
    if (event.type !== 'step-succeeded' && event.type !== 'validating') return
    if (!this.#answered.delete(event.ref)) this.#credit(before, event, attempt)
    if (event.type === 'step-succeeded') this.#completed(before, event.ref)
  }

  #credit(before: WorkflowState, event: Extract<Event, { type: 'step-succeeded' | 'validating' }>, attempt: string): void {
    this.credited.add(attempt)
    if ('output' in event) this.#auditOutput(before, event.ref, attempt, event.output ?? null)
  }

  /** Nothing begins while it is paused, before its join says so, or more often than its policy allows. */
  #auditBeginning(before: WorkflowState, step: StepState, event: OfStep): void {
    const { ref, type } = event
    const spec = specOf(this.#definition, step)
    if (type === 'step-ready' && step.status === 'pending' && step.item === undefined) {
      const sources = spec.incoming.map(({ index, from }) => {
        if (before.sent.has(index)) return 'sent'
        return isSettled(before.steps[from]?.status ?? 'pending') ? 'dead' : 'open'
      })
      const sent = sources.filter((source) => source === 'sent').length
      const { join } = spec.spec
      const may = sources.length === 0 || (join === 'all' ? sent > 0 && !sources.includes('open') : sent >= (join === 'any' ? 1 : join))
      this.#must('I18 a step begins when its join says so', may, { ref, join, sources })
    }
    if (type !== 'attempt-failed') return
    const retry = attemptOf(this.#definition, step, purposeOf(step))?.spec.retry
    this.#must('I18 no attempt more than the policy allows', step.failures + 1 < (retry?.maxAttempts ?? 1), {
      ref,
      failures: step.failures,
    })
  }

  #offer({ status }: WorkflowState, { ref, attempt, agent }: Extract<Event, { type: 'offered' }>, purpose: 'forward' | 'compensate'): void {
    const task = taskId(this.#id, { ref, attempt, purpose })
    this.#must('I18 nothing begins while it is paused', status !== 'paused', { ref, attempt })
    this.#must('I22 one open attempt a step', !this.#open.has(ref), { ref, open: this.#open.get(ref) ?? '', task })
    this.#must('I22 an attempt is offered once', !this.offered.has(task), { task })
    this.offered.set(task, agent)
    this.#open.set(ref, task)
  }

  #close({ type, ref }: OfStep): void {
    if (type === 'running' || type === 'validating' || !this.#open.has(ref)) return
    this.#open.delete(ref)
    if (type === 'step-succeeded' || type === 'compensated') this.#ends.done += 1
    else if (type === 'step-cancelled' || type === 'stopped') this.#ends.cancelled += 1
    else this.#ends.failed += 1
  }

  #takeLate(before: WorkflowState, { ref, attempt, purpose, succeeded }: Extract<Event, { type: 'late-result' }>): void {
    if (succeeded) this.late.add(taskId(this.#id, { ref, attempt, purpose }))
    const status = before.steps[ref]?.status
    const isNew = status !== undefined && !UNDONE_OR_DONE.has(status)
    if (succeeded && purpose === 'forward' && isNew) this.#completed(before, ref)
  }

  #completed(state: WorkflowState, ref: number): void {
    const step = state.steps[ref]
    if (step === undefined || attemptOf(this.#definition, step, 'compensate') === undefined) return
    this.#undoable.delete(ref)
    this.#undoable.add(ref)
  }

  #undo({ turnedBack }: WorkflowState, ref: number): void {
    const scope = turnedBack?.scope
    const latest = [...this.#undoable].filter((each) => scope === undefined || scope.includes(each)).at(-1)
    this.#undoable.delete(ref)
    this.#must('I21 completed steps are undone, the latest first', latest === ref, { undone: ref, latest: latest ?? 'none' })
  }

  /** Whoever goes back over steps has undone them first; a retry only takes up again what is not done. */
  #gone({ turnedBack }: WorkflowState, refs: readonly number[]): void {
    const left = refs.filter((ref) => this.#undoable.delete(ref))
    this.#must('I21 what is gone back over was undone', left.length === 0 || turnedBack?.compensate !== true, { left })
  }

  /** What a doer answers names the effect it had. */
  #auditOutput(state: WorkflowState, ref: number, attempt: string, output: Json): void {
    const step = state.steps[ref]
    if (step === undefined || (step.item === undefined && !hasDoer(specOf(this.#definition, step).spec.work.type))) return
    const effect = isJsonObject(output) ? (output.effect ?? null) : null
    const mayReuse = specOf(this.#definition, step).spec.cache !== undefined
    if (mayReuse && typeof effect === 'string' && effect !== attempt) return void this.reused.add(effect)
    this.#must('I21 a step is done by its own attempt', effect === attempt, { attempt, effect })
  }

  #auditEnd({ turnedBack, status }: WorkflowState): void {
    const undone = turnedBack?.compensate !== true || this.#undoable.size === 0 || this.#hasHalted
    this.#must('I21 all completed steps were undone', undone, { status, left: [...this.#undoable] })
    assertNone(unconserved({ created: this.offered.size, ...this.#ends, open: this.#open.size }))
    this.#must('I23 an ended workflow has no open attempt', this.#open.size === 0, { open: [...this.#open.values()] })
  }
}

/** I20: nothing comes before its time. A log's time never lies before the wall clock's, so this is sure. */
const auditTime = ({ awaits, notBefore }: StepState, event: OfStep, at: number): void => {
  const until = event.type === 'step-succeeded' && awaits?.kind === 'time' ? awaits.until : at
  assertInvariant('I20 no wait ends before its time', at >= until, () => ({ ref: event.ref, at, until }))
  const earliest = event.type === 'offered' ? (notBefore ?? at) : at
  assertInvariant('I20 no attempt before its back-off has passed', at >= earliest, () => ({ ref: event.ref, at, earliest }))
}

/** In these a late success has nothing left to undo that is not on record already. */
const UNDONE_OR_DONE: ReadonlySet<string> = new Set(['succeeded', 'skipped', 'compensating', 'compensated'])

const hasDoer = (type: string): boolean => type === 'task' || type === 'function'
