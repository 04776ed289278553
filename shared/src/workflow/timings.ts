/**
 * How long the steps of a workflow took, read from its log (OBS-3). Of every step, in milliseconds of the authority's clock:
 *
 *   ready ──queued──▶ at work ──working──▶ over          queued: waits for an agent, a resource or the pause after a failure
 *     ╰──────────── elapsed ─────────────╯               working: somebody is at it, all attempts together
 *
 * A step that is taken up again after its end goes on counting in the same row. What is not over counts up to `now`. Linear in the log.
 */
import type { LogEntry, WorkflowEvent } from './event.ts'
import type { StepEvent } from './lifecycle.ts'

export interface StepTiming {
  readonly ref: number
  readonly queuedMs: number
  readonly workingMs: number
  readonly elapsedMs: number
  /** Attempts that somebody began, those of undoing it included. */
  readonly attempts: number
  readonly failures: number
}

export interface Timings {
  /** From creation to the end. */
  readonly elapsedMs: number
  readonly failures: number
  /** Of the steps that became ready, in the order in which they did. */
  readonly steps: readonly StepTiming[]
}

type Phase = 'queued' | 'working' | 'over'

/** What a step does after the event; nothing where the event doesn't say. */
const PHASE_AFTER: Readonly<Record<StepEvent, Phase | undefined>> = {
  'step-ready': 'queued',
  'resource-awaited': 'queued',
  offered: 'queued',
  declined: 'queued',
  'attempt-failed': 'queued',
  compensating: 'queued',
  running: 'working',
  'fanned-out': 'working',
  'items-resumed': 'working',
  validating: 'working',
  'review-wanted': 'working',
  reviewed: 'working',
  'approval-given': 'working',
  'step-succeeded': 'over',
  'step-failed': 'over',
  'step-skipped': 'over',
  'step-cancelled': 'over',
  stopped: 'over',
  compensated: 'over',
  'compensation-failed': 'over',
  'late-result': undefined,
  discarded: undefined,
}

interface Row {
  phase: Phase
  since: number
  readonly readyAt: number
  spentMs: Record<Phase, number>
  attempts: number
  failures: number
}

export const timingsOf = (entries: Iterable<LogEntry>, now: number): Timings => {
  const rows = new Map<number, Row>()
  let createdAt = now
  let endedAt: number | undefined
  for (const { at, event } of entries) {
    if (event.type === 'created') createdAt = at
    if (endsWorkflow(event)) endedAt = at
    else if ('ref' in event) {
      endedAt = undefined
      note(rows, event.ref, event.type, at)
    }
  }
  const until = endedAt ?? now
  const steps = [...rows].map(([ref, row]) => timingOf(ref, row, until))
  return { elapsedMs: Math.max(0, until - createdAt), failures: steps.reduce((sum, step) => sum + step.failures, 0), steps }
}

const endsWorkflow = ({ type }: WorkflowEvent): boolean => type === 'completed' || type === 'failed' || type === 'cancelled'

const note = (rows: Map<number, Row>, ref: number, type: StepEvent, at: number): void => {
  const phase = PHASE_AFTER[type]
  const known = rows.get(ref)
  // What ends without ever having been ready took no time of anybody.
  if (phase === undefined || (known === undefined && phase === 'over')) return
  const row = known ?? { phase, since: at, readyAt: at, spentMs: { queued: 0, working: 0, over: 0 }, attempts: 0, failures: 0 }
  spend(row, at)
  row.phase = phase
  if (type === 'running') row.attempts += 1
  if (type === 'attempt-failed' || type === 'step-failed') row.failures += 1
  rows.set(ref, row)
}

const spend = (row: Row, at: number): void => {
  row.spentMs[row.phase] += Math.max(0, at - row.since)
  row.since = at
}

const timingOf = (ref: number, row: Row, until: number): StepTiming => {
  if (row.phase !== 'over') spend(row, Math.max(until, row.since))
  const { attempts, failures, readyAt, since, spentMs } = row
  return { ref, queuedMs: spentMs.queued, workingMs: spentMs.working, elapsedMs: since - readyAt, attempts, failures }
}
