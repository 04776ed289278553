/** How tasks come in: an offer is accepted once `begun` is durable, and the same offer again never begins it twice. */
import { MAX_HELD_TASKS, type Offer } from '@holdfast/shared/agent-protocol'
import { append, change, type Draft, drop, hold, say, tell } from './draft.ts'
import { sendResult } from './endings.ts'
import { busyCount, type Held, type SessionState } from './state.ts'

/** Far more than are ever under way at once. */
const KEEP_DECLINED = 1_000

export const onOffer = (draft: Draft, offer: Offer, now: number): void => {
  if (offer.epoch < draft.state.epoch) return decline(draft, offer.task, 'stale-epoch')
  raiseEpoch(draft, offer.epoch)
  const held = draft.state.tasks.get(offer.task)
  if (held !== undefined) return answerAgain(draft, offer.task, held, now)
  const reason = draft.state.declined.get(offer.task) ?? reasonToDecline(draft.state, offer)
  if (reason !== undefined) return declineForGood(draft, offer.task, reason)
  hold(draft, offer.task, { phase: 'beginning', offer, leaseFrom: now, awaits: append(draft, { kind: 'begun', offer }) })
}

/** Journalled before anything that follows from it, since the journal keeps order. */
export const raiseEpoch = (draft: Draft, epoch: number): void => {
  if (epoch <= draft.state.epoch) return
  change(draft, { epoch })
  append(draft, { kind: 'epoch', epoch })
}

const reasonToDecline = (state: SessionState, offer: Offer): string | undefined => {
  if (state.closing) return 'closing'
  if (!state.config.capabilities.includes(offer.capability)) return 'incapable'
  if (busyCount(state) >= state.config.capacity) return 'full'
  return state.tasks.size >= MAX_HELD_TASKS ? 'too-many-unrecorded' : undefined
}

/** Two of one offer may be on their way: the second must not be taken when the first was not, however much room there is by then. */
const declineForGood = (draft: Draft, task: string, reason: string): void => {
  const declined = new Map(draft.state.declined).set(task, reason)
  for (const oldest of declined.keys()) {
    if (declined.size <= KEEP_DECLINED) break
    declined.delete(oldest)
  }
  change(draft, { declined })
  decline(draft, task, reason)
}

const decline = (draft: Draft, task: string, reason: string): void => {
  say(draft, { type: 'decline', task, reason })
  tell(draft, { type: 'declined', task, reason })
}

const answerAgain = (draft: Draft, task: string, held: Held, now: number): void => {
  switch (held.phase) {
    case 'working':
      hold(draft, task, { ...held, leaseFrom: now })
      return say(draft, { type: 'accept', task })
    case 'finished':
      return sendResult(draft, task, held, now)
    case 'settled':
      return held.outcome === undefined ? decline(draft, task, 'spent') : say(draft, { type: 'result', task, outcome: held.outcome })
    case 'beginning':
    case 'interrupted':
    case 'stopping':
    case 'ending':
    case 'settling':
      return // What comes next for it is on its way.
    default:
      held satisfies never
  }
}

/** `begun` is durable: the work may start. */
export const begin = (draft: Draft, offer: Offer, leaseFrom: number): void => {
  hold(draft, offer.task, { phase: 'working', offer, leaseFrom })
  draft.outputs.push({ type: 'perform', offer })
  tell(draft, { type: 'began', task: offer.task })
}

/** Not accepted yet when the line was cut, so perhaps given to another by now: it must not start, and may be offered again. */
export const dropBeginnings = (draft: Draft): void => {
  for (const [task, held] of draft.state.tasks) {
    if (held.phase !== 'beginning') continue
    append(draft, { kind: 'dropped', task })
    drop(draft, task)
  }
}

/** Interrupted work that is to be done again begins when nothing speaks against it: offline if it may, else once welcomed. */
export const resumeInterrupted = (draft: Draft): void => {
  if (draft.state.closing) return
  for (const held of draft.state.tasks.values()) {
    if (held.phase !== 'interrupted') continue
    if (held.offer.mayFinishOffline || draft.state.link.at === 'ready') begin(draft, held.offer, draft.state.renewedAt)
  }
}
