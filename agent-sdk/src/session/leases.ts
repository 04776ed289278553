/** What passes with time: leases that end (A5), retries, heartbeats. `nextWakeAt` says when a tick would do something. */
import type { Draft } from './draft.ts'
import { halt } from './endings.ts'
import { connect, hangUp, silentAt, tickReady } from './link.ts'
import { type Held, type Link, leaseEnd, type SessionState } from './state.ts'

export const onTick = (draft: Draft, now: number): void => {
  endLeases(draft, now)
  const { link, config } = draft.state
  if (link.at === 'waiting' && now >= link.until) connect(draft)
  if (link.at === 'greeting' && now >= link.since + config.timing.welcomeMs) hangUp(draft, now, 'no welcome', 'retry')
  if (link.at === 'ready') tickReady(draft, link, now)
}

const endLeases = (draft: Draft, now: number): void => {
  for (const [task, held] of draft.state.tasks) {
    if (held.phase === 'working' && now >= leaseEnd(draft.state, held)) halt(draft, task, held, 'lease-ended', 'The lease ended.')
  }
}

/** Infinity when only the world can make something happen. */
export const nextWakeAt = (state: SessionState): number => {
  let wakeAt = linkWakeAt(state, state.link)
  for (const held of state.tasks.values()) wakeAt = Math.min(wakeAt, taskWakeAt(state, held))
  return wakeAt
}

const linkWakeAt = (state: SessionState, link: Link): number => {
  switch (link.at) {
    case 'waiting':
      return link.until
    case 'greeting':
      return link.since + state.config.timing.welcomeMs
    case 'ready':
      return Math.min(link.beatAt, silentAt(link))
    case 'idle':
    case 'connecting':
    case 'ended':
      return Number.POSITIVE_INFINITY
    default:
      return link satisfies never
  }
}

const taskWakeAt = (state: SessionState, held: Held): number => {
  if (held.phase === 'working') return leaseEnd(state, held)
  const resendable = held.phase === 'finished' && state.link.at === 'ready' && held.sentAt !== undefined
  return resendable ? held.sentAt + state.config.timing.resendMs : Number.POSITIVE_INFINITY
}
