/** Rare ways that a seed may take; a campaign that never took one of them says nothing about it. */
import type { History } from '@holdfast/shared/testing'
import { isJsonObject } from '@holdfast/shared/values'
import type { LogEntry, WorkflowState } from '@holdfast/shared/workflow'
import type { World } from '../world/world.ts'

type Event = LogEntry['event']

export const REQUIRED_PATHS = [
  ...['pair', 'one-way', 'flapping', 'isolate', 'hub', 'split', 'swizzle', 'offline', 'reset', 'half-open', 'crash', 'freeze'].map(
    (kind) => `fault ${kind}`,
  ),
  'store disk-full',
  'store unknown-outcome',
  'crash during recovery',
  'crash lost a commit',
  'guard refused a forged update',
  'lease lost',
  'offer declined',
  'attempt timed out',
  'late result',
  'late work undone',
  'interrupted work done again',
  'call of unknown outcome',
  'proposal refused',
  'late cancel met the point of no return',
  'follow-up started',
  'step waited for another facility',
  'created at both ends',
  'commit that was not told of',
  'gone back over steps',
  'reopened',
  'terminated',
  'done without an optional step',
  'somebody asked',
  'somebody answered',
  'approved',
  'rejected',
  'checkpoint',
  'dead letter discarded',
  'failure taken over',
  'recovered by itself',
  'paused and resumed',
  'call spared by an open breaker',
  'something needed was not free',
  'deadline at risk',
  'deadline breached',
  'stage entered',
  'child started',
  'child undone',
  'met at a barrier',
  'went on alone',
  'moved to another version',
  'spared by a kept result',
  'decision guarded',
  'decision vetoed',
  'started by the clock',
  'archived',
  'erased',
] as const

type Path = (typeof REQUIRED_PATHS)[number]

/** Events that are a path by themselves. */
const BY_EVENT: { readonly [type: string]: Path } = {
  declined: 'offer declined',
  'late-result': 'late result',
  'follow-up-started': 'follow-up started',
  rewound: 'gone back over steps',
  reopened: 'reopened',
  'review-wanted': 'somebody asked',
  reviewed: 'somebody answered',
  checkpointed: 'checkpoint',
  discarded: 'dead letter discarded',
  recovering: 'recovered by itself',
  resumed: 'paused and resumed',
  'resource-awaited': 'something needed was not free',
  'deadline-at-risk': 'deadline at risk',
  'deadline-breached': 'deadline breached',
  migrated: 'moved to another version',
  'stage-entered': 'stage entered',
}

const BY_ERROR: { readonly [code: string]: Path } = {
  'lease-lost': 'lease lost',
  timeout: 'attempt timed out',
  'unknown-outcome': 'call of unknown outcome',
  'circuit-open': 'call spared by an open breaker',
}

/** Only a barrier gives an output like that. */
const atBarrier = (isComplete: boolean): Path => (isComplete ? 'met at a barrier' : 'went on alone')

/** What this event, in the state it led to, shows to have happened. */
const pathOf = (event: Event, state: WorkflowState): Path | undefined => {
  switch (event.type) {
    case 'attempt-failed':
      return BY_ERROR[event.error.code]
    case 'step-failed':
      return BY_ERROR[event.error.code] ?? (event.sent.length > 0 ? 'failure taken over' : undefined)
    case 'turned-back':
      return event.error.code === 'terminated' ? 'terminated' : undefined
    case 'completed':
      return state.steps.some(({ status }) => status === 'failed') ? 'done without an optional step' : undefined
    case 'compensating':
      return state.late.some((name) => name.startsWith(`${event.ref}.`)) ? 'late work undone' : undefined
    case 'approval-given':
      return event.approved ? 'approved' : 'rejected'
    case 'verdict':
      return event.accepted ? undefined : 'proposal refused'
    case 'conflict':
      return event.rule === 'late-cancel' ? 'late cancel met the point of no return' : undefined
    case 'running':
      if (event.awaits?.kind === 'child') return state.steps[event.ref]?.status === 'compensating' ? 'child undone' : 'child started'
      return event.awaits?.kind === 'step' && event.awaits.home !== state.home ? 'step waited for another facility' : undefined
    case 'created':
      return event.key.startsWith('schedule.') ? 'started by the clock' : undefined
    case 'step-succeeded':
      return isJsonObject(event.output) && 'complete' in event.output ? atBarrier(event.output.complete === true) : undefined
    default:
      return BY_EVENT[event.type]
  }
}

export const notePath = (history: History, event: Event, state: WorkflowState): void => {
  const path = pathOf(event, state)
  if (path !== undefined) history.reached(path)
}

export const noteFaults = ({ frame }: World): void => {
  const { history } = frame.kernel
  for (const [kind, count] of history.counts) if (count > 0 && /^(fault|store) /.test(kind)) history.reached(kind)
  for (const { begun, interrupted } of frame.ledger.effects.values()) {
    if (begun > 1 && interrupted > 0) history.reached('interrupted work done again')
  }
  const created = new Map<string, string>()
  for (const { workflow, type, node } of frame.ledger.acknowledged) {
    if (type !== 'create') continue
    if (created.has(workflow) && created.get(workflow) !== node) history.reached('created at both ends')
    created.set(workflow, node)
  }
}
