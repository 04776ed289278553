/** A step under way. Local to one call of `step`: what leaves it is a new state and a list. */
import type { Outcome, UpMessage } from '@holdfast/shared/agent-protocol'
import { type JournalEntry, KEEP_SETTLED } from './journal-entry.ts'
import type { SessionEvent, SessionOutput } from './output.ts'
import type { Held, SessionState } from './state.ts'

export interface Draft {
  state: SessionState
  readonly outputs: SessionOutput[]
}

export const change = (draft: Draft, part: Partial<SessionState>): void => {
  draft.state = { ...draft.state, ...part }
}

export const hold = (draft: Draft, task: string, held: Held): void => {
  change(draft, { tasks: new Map(draft.state.tasks).set(task, held) })
}

export const drop = (draft: Draft, task: string): void => {
  const tasks = new Map(draft.state.tasks)
  tasks.delete(task)
  change(draft, { tasks })
}

/** The task is over; the oldest of those remembered make room. */
export const settle = (draft: Draft, task: string, outcome?: Outcome): void => {
  const tasks = new Map(draft.state.tasks)
  tasks.delete(task)
  tasks.set(task, outcome === undefined ? { phase: 'settled' } : { phase: 'settled', outcome })
  const settled = [...tasks].filter(([, held]) => held.phase === 'settled')
  for (const [oldest] of settled.slice(0, Math.max(0, settled.length - KEEP_SETTLED))) tasks.delete(oldest)
  change(draft, { tasks })
}

/** Asks for a durable entry and returns its number. */
export const append = (draft: Draft, entry: JournalEntry): number => {
  const n = draft.state.appended + 1
  change(draft, { appended: n })
  draft.outputs.push({ type: 'append', n, entry })
  return n
}

/** Said only to a gateway that has welcomed; what matters is said again at the next welcome. */
export const say = (draft: Draft, message: UpMessage): void => {
  if (draft.state.link.at === 'ready') draft.outputs.push({ type: 'send', message })
}

export const tell = (draft: Draft, event: SessionEvent): void => {
  draft.outputs.push({ type: 'tell', event })
}

export const abort = (draft: Draft, task: string, reason: string): void => {
  draft.outputs.push({ type: 'abort', task, reason })
  tell(draft, { type: 'stopping', task, reason })
}
