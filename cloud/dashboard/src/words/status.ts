/** The words, tone and sign of every status. A tone is a colour; no status is told by its tone alone. */
import type { ActivityPath, Priority, StatusPath, StepStatus, WorkflowSummary } from '../api/types.ts'

export type Tone = 'idle' | 'moving' | 'held' | 'failed' | 'done' | 'ended' | 'proposed'

export type Sign = 'circle' | 'play' | 'hourglass' | 'pause' | 'check' | 'cross' | 'stop' | 'skip' | 'undo' | 'dashed' | 'eye' | 'hand'

export interface Phrase {
  readonly word: string
  readonly tone: Tone
  readonly sign: Sign
}

const phrase = (word: string, tone: Tone, sign: Sign): Phrase => ({ word, tone, sign })

const WORKFLOW: Readonly<Record<ActivityPath, Phrase>> = {
  pending: phrase('Not started', 'idle', 'circle'),
  'active.initializing': phrase('Starting', 'moving', 'play'),
  'active.executing.step_preparation': phrase('Preparing a step', 'moving', 'play'),
  'active.executing.step_execution': phrase('Running', 'moving', 'play'),
  'active.executing.step_validation': phrase('Checking a result', 'moving', 'eye'),
  'active.executing.step_cleanup': phrase('Cleaning up', 'moving', 'undo'),
  'active.waiting_for_resource': phrase('Waiting for a resource', 'held', 'hourglass'),
  'active.synchronizing': phrase('Waiting for others', 'held', 'hourglass'),
  paused: phrase('Paused', 'held', 'pause'),
  completed: phrase('Completed', 'done', 'check'),
  failed: phrase('Failed', 'failed', 'cross'),
  cancelled: phrase('Cancelled', 'ended', 'stop'),
}

const STEP: Readonly<Record<StepStatus, Phrase>> = {
  pending: phrase('Not yet', 'idle', 'circle'),
  ready: phrase('Ready', 'moving', 'circle'),
  waiting_for_resource: phrase('Waiting for a resource', 'held', 'hourglass'),
  offered: phrase('Offered', 'moving', 'hand'),
  running: phrase('Running', 'moving', 'play'),
  validating: phrase('Checking', 'moving', 'eye'),
  succeeded: phrase('Done', 'done', 'check'),
  failed: phrase('Failed', 'failed', 'cross'),
  skipped: phrase('Skipped', 'ended', 'skip'),
  cancelled: phrase('Cancelled', 'ended', 'stop'),
  compensating: phrase('Undoing', 'held', 'undo'),
  compensated: phrase('Undone', 'ended', 'undo'),
}

const PROPOSED = phrase('Proposed', 'proposed', 'dashed')
/** A newer node may know statuses that this page doesn't: they are shown by their own name. */
const unknown = (status: string): Phrase => phrase(status.replaceAll(/[._]/g, ' '), 'idle', 'circle')

type Standing = Pick<WorkflowSummary, 'status' | 'stage' | 'pending'>

/** A stage is told by its title; its tone and sign, as without one, by what the steps do. */
export const workflowPhrase = ({ status, stage, pending }: Standing): Phrase => {
  if (pending) return PROPOSED
  if (stage === undefined || !status.startsWith('active.')) return isActivity(status) ? WORKFLOW[status] : unknown(status)
  return { ...(WORKFLOW[stage.activity] ?? unknown(status)), word: stage.title }
}

const isActivity = (status: StatusPath): status is ActivityPath => Object.hasOwn(WORKFLOW, status)

export const stepPhrase = (status: StepStatus): Phrase => STEP[status] ?? unknown(status)

export const PRIORITY_WORDS: Readonly<Record<Priority, string>> = { critical: 'Critical', high: 'High', normal: 'Normal', low: 'Low' }

export const isOpen = (status: StatusPath): boolean => status !== 'completed' && status !== 'failed' && status !== 'cancelled'

const SETTLED: readonly StepStatus[] = ['succeeded', 'failed', 'skipped', 'cancelled', 'compensated']
export const isSettled = (status: StepStatus): boolean => SETTLED.includes(status)

/** `1 workflow`, `3 workflows`. */
export const count = (number: number, noun: string): string => `${number.toLocaleString()} ${noun}${number === 1 ? '' : 's'}`
