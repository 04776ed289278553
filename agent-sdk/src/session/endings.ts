/** How tasks go out: results, stops, and the gateway's word that it is done with one. */
import type { Outcome } from '@holdfast/shared/agent-protocol'
import { abort, append, type Draft, hold, say, settle, tell } from './draft.ts'
import type { Held, StopCause } from './state.ts'

type Finished = Extract<Held, { phase: 'finished' }>

export const failure = (code: string, message: string): Outcome => ({ ok: false, error: { code, message, retryable: true } })

/** A handler that was told to stop and yet succeeded has done the work: its result stands. */
export const onPerformed = (draft: Draft, task: string, outcome: Outcome): void => {
  const held = draft.state.tasks.get(task)
  if (held?.phase === 'working') return finish(draft, task, outcome)
  if (held?.phase !== 'stopping') return
  if (outcome.ok) return finish(draft, task, outcome)
  endStopped(draft, task, held.cause)
}

const endStopped = (draft: Draft, task: string, cause: StopCause): void => {
  switch (cause) {
    case 'told':
      return settleThenSay(draft, task)
    case 'forgotten':
      append(draft, { kind: 'settled', task })
      return settle(draft, task)
    case 'lease-ended':
      return finish(draft, task, failure('lease-ended', 'The lease ended while the gateway was out of reach.'))
    case 'closing':
      return finish(draft, task, failure('interrupted', 'The agent was closed before the work was done.'))
    default:
      cause satisfies never
  }
}

export const finish = (draft: Draft, task: string, outcome: Outcome): void => {
  hold(draft, task, { phase: 'ending', outcome, awaits: append(draft, { kind: 'finished', task, outcome }) })
}

/** `stopped` promises that no result comes, so it must survive a crash first. */
const settleThenSay = (draft: Draft, task: string): void => {
  hold(draft, task, { phase: 'settling', awaits: append(draft, { kind: 'settled', task }) })
}

export const onFinishedDurable = (draft: Draft, task: string, outcome: Outcome, now: number): void => {
  sendResult(draft, task, { phase: 'finished', outcome }, now)
  tell(draft, { type: 'finished', task, outcome })
}

export const onSettledDurable = (draft: Draft, task: string): void => {
  settle(draft, task)
  say(draft, { type: 'stopped', task })
}

export const sendResult = (draft: Draft, task: string, held: Finished, now: number): void => {
  hold(draft, task, { ...held, sentAt: now })
  say(draft, { type: 'result', task, outcome: held.outcome })
}

/** After a welcome everything unrecorded; later what has waited too long for its answer. */
export const sendResults = (draft: Draft, now: number, sentBefore: number): void => {
  for (const [task, held] of draft.state.tasks) {
    if (held.phase === 'finished' && (held.sentAt ?? Number.NEGATIVE_INFINITY) <= sentBefore) sendResult(draft, task, held, now)
  }
}

export const onStop = (draft: Draft, task: string, reason: string, now: number): void => {
  const held = draft.state.tasks.get(task)
  if (held === undefined) return say(draft, { type: 'stopped', task })
  switch (held.phase) {
    case 'beginning':
    case 'interrupted':
      return settleThenSay(draft, task)
    case 'working':
    case 'stopping':
      return halt(draft, task, held, 'told', reason)
    case 'finished':
      return sendResult(draft, task, held, now)
    case 'settled':
      return say(draft, held.outcome === undefined ? { type: 'stopped', task } : { type: 'result', task, outcome: held.outcome })
    case 'ending':
    case 'settling':
      return // Its answer follows as soon as it is durable.
    default:
      held satisfies never
  }
}

export const onForget = (draft: Draft, task: string): void => {
  const held = draft.state.tasks.get(task)
  switch (held?.phase) {
    case 'beginning':
    case 'interrupted':
      append(draft, { kind: 'settled', task })
      return settle(draft, task)
    case 'working':
    case 'stopping':
      return halt(draft, task, held, 'forgotten', 'The gateway gave it up.')
    case 'finished':
      append(draft, { kind: 'settled', task })
      return settle(draft, task, held.outcome)
    default:
      return
  }
}

export const onRecorded = (draft: Draft, task: string): void => {
  const held = draft.state.tasks.get(task)
  if (held?.phase !== 'finished') return
  append(draft, { kind: 'settled', task })
  settle(draft, task, held.outcome)
  tell(draft, { type: 'recorded', task })
}

/** The handler hears of it once; a later cause only changes what its end means. */
export const halt = (
  draft: Draft,
  task: string,
  held: Extract<Held, { phase: 'working' | 'stopping' }>,
  cause: StopCause,
  reason: string,
): void => {
  hold(draft, task, { phase: 'stopping', offer: held.offer, cause })
  if (held.phase === 'working') abort(draft, task, reason)
}
