/**
 * What the link says about itself, at any moment (I12): how much is pending and how old it is, what went wrong last, and when it
 * tries again. A view; it decides nothing.
 */
import type { Instant } from '../values/instant.ts'
import type { Refusal } from '../values/refusal.ts'
import { emptyBacklog, oldestIn, pendingIn } from './backlog.ts'
import type { Conversation } from './conversation.ts'
import type { HubSession, HubState } from './hub-state.ts'
import { settledUpTo } from './sender.ts'
import { longestWait } from './streams.ts'
import type { Uplink, UplinkState } from './uplink-state.ts'

export interface HomeStatus {
  readonly home: string
  /** Entries of this node's making that the hub has not acknowledged. */
  readonly pending: number
  readonly oldestMs: number | undefined
}

/** The condition of a line, in words common to both ends. */
export interface LinkCondition {
  readonly state: UplinkState['name'] | 'awaited'
  /** Updates of this end's making that the other has not acknowledged. */
  readonly pending: number
  readonly oldestMs: number | undefined
  readonly lastError: { readonly reason: Refusal; readonly agoMs: number } | undefined
  /** Undefined at a hub: the other end dials. */
  readonly nextTryInMs: number | undefined
  readonly waitingMs: number | undefined
}

export interface UplinkStatus extends LinkCondition {
  readonly state: UplinkState['name']
  readonly homes: readonly HomeStatus[]
  /** How long the session has waited for an answer that would move it on; undefined when it waits for none. */
  readonly waitingMs: number | undefined
  /** This node's wall clock less the hub's, as seen at the greeting. */
  readonly clockSkewMs: number | undefined
}

export interface HubSessionStatus {
  readonly state: HubState['name']
  readonly node: string
  readonly heardMsAgo: number | undefined
  readonly waitingMs: number | undefined
  readonly endedBy: Refusal | undefined
}

export const uplinkStatus = (uplink: Uplink, now: Instant): UplinkStatus => {
  const { state, lastError } = uplink
  const homes = uplink.settings.homes.map((home) => homeStatus(uplink, home, now))
  const ages = homes.flatMap(({ oldestMs }) => (oldestMs === undefined ? [] : [oldestMs]))
  return {
    state: state.name,
    pending: homes.reduce((sum, { pending }) => sum + pending, 0),
    oldestMs: ages.length === 0 ? undefined : Math.max(...ages),
    homes,
    lastError: lastError && { reason: lastError.reason, agoMs: Math.max(0, now.wall - lastError.at) },
    nextTryInMs: state.name === 'backing-off' ? Math.max(0, state.until - now.monotonic) : undefined,
    waitingMs: state.name === 'live' ? waitingMs(state.conversation, now) : undefined,
    clockSkewMs: state.name === 'live' ? state.clockSkewMs : undefined,
  }
}

export const hubSessionStatus = ({ state, settings }: HubSession, now: Instant): HubSessionStatus => {
  const conversation = state.name === 'live' ? state.conversation : undefined
  return {
    state: state.name,
    node: settings.principal.node,
    heardMsAgo: conversation && now.monotonic - conversation.heardAt,
    waitingMs: conversation && waitingMs(conversation, now),
    endedBy: state.name === 'ended' ? state.end.reason : undefined,
  }
}

/** Up to where the hub lacks nothing of each home's feed, as far as this session knows. */
export const settledByHub = ({ state }: Uplink): readonly { readonly home: string; readonly upTo: number }[] =>
  state.name === 'live'
    ? [...state.conversation.streams.senders.values()].map((sender) => ({ home: sender.home, upTo: settledUpTo(sender) }))
    : []

/** The hub that answered is not as it was known: its store was put back, or is a new one. */
export const isOtherHub = (before: UplinkState, after: UplinkState): boolean => {
  if (before.name !== 'greeting' || after.name !== 'live') return false
  const { receivers } = after.conversation.streams
  return before.recall.cursors.some(({ home, generation }) => receivers.get(home)?.generation !== generation)
}

/** Up to here of a home's feed the child lacks nothing. */
export const settledOf = ({ state }: HubSession, home: string): number | undefined => {
  const sender = state.name === 'live' ? state.conversation.streams.senders.get(home) : undefined
  return sender && settledUpTo(sender)
}

/** "live, 3 pending, oldest 120 ms, last error: …, next try in 200 ms": a line that is stuck says so. */
export const sentenceOf = ({ state, pending, oldestMs, waitingMs, lastError, nextTryInMs }: LinkCondition): string => {
  const parts = [state, `${pending} pending`]
  if (oldestMs !== undefined) parts.push(`oldest ${Math.round(oldestMs)} ms`)
  if (waitingMs !== undefined) parts.push(`no answer for ${Math.round(waitingMs)} ms`)
  if (lastError !== undefined) parts.push(`last error: ${lastError.reason.message}`)
  if (nextTryInMs !== undefined) parts.push(`next try in ${Math.round(nextTryInMs)} ms`)
  return parts.join(', ')
}

const homeStatus = ({ backlogs }: Uplink, home: string, now: Instant): HomeStatus => {
  const backlog = backlogs.get(home) ?? emptyBacklog
  const oldest = oldestIn(backlog)
  return { home, pending: pendingIn(backlog), oldestMs: oldest === undefined ? undefined : Math.max(0, now.wall - oldest) }
}

const waitingMs = ({ streams }: Conversation, now: Instant): number | undefined => {
  const wait = longestWait(streams)
  return wait && now.monotonic - wait.since
}
