/**
 * The agent's side of the protocol as one pure function: record what happened, then say what follows.
 * Doesn't know about sockets, files, handlers or clocks; those live in ../agent.ts.
 */
import { afterClose, type DownMessage } from '@holdfast/shared/agent-protocol'
import { change, type Draft, hold, say, tell } from './draft.ts'
import { failure, finish, halt, onFinishedDurable, onForget, onPerformed, onRecorded, onSettledDurable, onStop } from './endings.ts'
import type { SessionInput } from './input.ts'
import { type JournalEntry, type Remembered, recall } from './journal-entry.ts'
import { onTick } from './leases.ts'
import { connect, onAlive, onConnected, onCut, onHeard, onWelcome } from './link.ts'
import { begin, dropBeginnings, onOffer, resumeInterrupted } from './offers.ts'
import type { SessionOutput } from './output.ts'
import type { Held, SessionConfig, SessionState } from './state.ts'

/** A session as its journal remembers it, not yet started. */
export const restore = (config: SessionConfig, entries: readonly JournalEntry[]): SessionState => {
  const memory = recall(entries)
  const tasks = new Map([...memory.tasks].map(([task, remembered]) => [task, heldOf(remembered)]))
  const renewedAt = Number.NEGATIVE_INFINITY
  return { config, link: { at: 'idle' }, epoch: memory.epoch, renewedAt, beat: 0, appended: 0, closing: false, tasks, declined: new Map() }
}

const heldOf = (remembered: Remembered): Held => {
  if (remembered.kind === 'begun') return { phase: 'interrupted', offer: remembered.offer }
  if (remembered.kind === 'finished') return { phase: 'finished', outcome: remembered.outcome }
  return remembered.outcome === undefined ? { phase: 'settled' } : { phase: 'settled', outcome: remembered.outcome }
}

export interface Step {
  readonly state: SessionState
  readonly outputs: readonly SessionOutput[]
}

export const step = (state: SessionState, input: SessionInput): Step => {
  const draft: Draft = { state, outputs: [] }
  take(draft, input)
  endWhenDone(draft, state)
  return draft
}

const take = (draft: Draft, input: SessionInput): void => {
  switch (input.type) {
    case 'start':
      return start(draft)
    case 'connected':
      return onConnected(draft, input.now)
    case 'message':
      return onMessage(draft, input.message, input.now)
    case 'cut':
      return onLinkCut(draft, input.now, input.code, input.reason)
    case 'journalled':
      return onJournalled(draft, input.n, input.now)
    case 'performed':
      return onPerformed(draft, input.task, input.outcome)
    case 'progress':
      return onProgress(draft, input.task, input.progress)
    case 'moved':
      return change(draft, { position: input.position })
    case 'tick':
      return onTick(draft, input.now)
    case 'close':
      return close(draft, input.abort)
    default:
      input satisfies never
  }
}

const start = (draft: Draft): void => {
  if (draft.state.link.at !== 'idle') return
  if (draft.state.config.onInterrupted === 'redo') resumeInterrupted(draft)
  else failInterrupted(draft)
  connect(draft)
}

const failInterrupted = (draft: Draft): void => {
  for (const [task, held] of draft.state.tasks) {
    if (held.phase === 'interrupted') finish(draft, task, failure('interrupted', 'The agent restarted in the middle of the work.'))
  }
}

const onMessage = (draft: Draft, message: DownMessage, now: number): void => {
  onHeard(draft, now)
  if (message.type === 'welcome') return onWelcome(draft, message, now)
  if (message.type === 'refused') return tell(draft, message)
  // Before the welcome nothing is known of the sender's epoch.
  if (draft.state.link.at !== 'ready') return
  switch (message.type) {
    case 'offer':
      return onOffer(draft, message, now)
    case 'stop':
      return onStop(draft, message.task, message.reason, now)
    case 'recorded':
      return onRecorded(draft, message.task)
    case 'forget':
      return onForget(draft, message.task)
    case 'alive':
      return onAlive(draft, message.beat)
    default:
      message satisfies never
  }
}

const onLinkCut = (draft: Draft, now: number, code: number, reason: string): void => {
  const { at } = draft.state.link
  if (at !== 'connecting' && at !== 'greeting' && at !== 'ready') return
  const next = afterClose(code)
  if (next === 'leave') leave(draft)
  else onCut(draft, now, code, reason, next)
}

/** The gateway now counts on another process under this name, so work here must end. */
const leave = (draft: Draft): void => {
  dropBeginnings(draft)
  change(draft, { link: { at: 'ended' }, closing: true })
  tell(draft, { type: 'replaced' })
  abortAll(draft)
}

const onJournalled = (draft: Draft, n: number, now: number): void => {
  for (const [task, held] of draft.state.tasks) if ('awaits' in held && held.awaits <= n) moveOn(draft, task, held, now)
}

const moveOn = (draft: Draft, task: string, held: Extract<Held, { awaits: number }>, now: number): void => {
  switch (held.phase) {
    case 'beginning':
      say(draft, { type: 'accept', task })
      return begin(draft, held.offer, held.leaseFrom)
    case 'ending':
      return onFinishedDurable(draft, task, held.outcome, now)
    case 'settling':
      return onSettledDurable(draft, task)
    default:
      held satisfies never
  }
}

const onProgress = (draft: Draft, task: string, progress: number): void => {
  const held = draft.state.tasks.get(task)
  if (held?.phase === 'working') hold(draft, task, { ...held, progress })
}

const close = (draft: Draft, abort: boolean): void => {
  change(draft, { closing: true })
  for (const [task, held] of draft.state.tasks) if (held.phase === 'beginning') say(draft, { type: 'decline', task, reason: 'closing' })
  dropBeginnings(draft)
  if (abort) abortAll(draft)
}

const abortAll = (draft: Draft): void => {
  for (const [task, held] of draft.state.tasks) if (held.phase === 'working') halt(draft, task, held, 'closing', 'The agent is closing.')
}

/** Finished results may wait in the journal for the next life; running handlers and entries not yet durable may not. */
const endWhenDone = (draft: Draft, before: SessionState): void => {
  const { state } = draft
  if (!state.closing || hasEnded(before) || !hasEnded(state)) return
  if (state.link.at !== 'ended' && state.link.at !== 'waiting') draft.outputs.push({ type: 'disconnect', code: 1000, reason: 'closed' })
  change(draft, { link: { at: 'ended' } })
  draft.outputs.push({ type: 'end' })
}

const hasEnded = (state: SessionState): boolean =>
  state.closing && ![...state.tasks.values()].some(({ phase }) => RUNNING_PHASES.has(phase))

const RUNNING_PHASES: ReadonlySet<Held['phase']> = new Set(['beginning', 'working', 'stopping', 'ending', 'settling'])
