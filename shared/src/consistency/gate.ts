/**
 * The one gate between what a node could do and what the policy lets it do (C1, C3). It answers two questions:
 *
 *   mayDecide   may I decide now?                   a refusal, or nothing
 *   maySee      may the world see it by now?        shown · counted (shown, and it counts against the bound) · held, and for what
 *
 *                        may I decide?                           when may the world see it?
 *   eventual             standing                                at once
 *   bounded_staleness    standing, and the bound with this one   acknowledged, or within the bound with this one
 *   strong               standing, and the line is alive         acknowledged, and standing still
 *
 * Facts never come here: they are admitted under every policy. Ages are monotonic and begin with the release itself, not with its
 * sending or an answer, so a line that is open and silent counts as cut.
 */
import type { Consistency } from '../definition/schema-consistency.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import type { Standing } from './authorities.ts'

/** Of one workflow: decisions and consequences that the world may have seen and the hub has not acknowledged. */
export interface Released {
  readonly count: number
  /** Monotonic: when the oldest of them was released. */
  readonly oldestAt?: number
}

/** The way to the hub. A node that is the hub itself has everything acknowledged as soon as it is durable. */
export type Line =
  | { readonly state: 'own' }
  | { readonly state: 'live' }
  /** `since`: monotonic; `nextTryInMs`: when it will be tried again, if that is known. */
  | { readonly state: 'cut'; readonly since: number; readonly nextTryInMs?: number }
  /** No hub is configured at all. */
  | { readonly state: 'none' }

export interface Footing {
  readonly policy: Consistency
  readonly standing: Standing
  readonly released: Released
  readonly line: Line
  /** Monotonic. */
  readonly now: number
}

/** Whether there is something to be shown now, and if not, what it waits for. */
export type Sight = 'shown' | 'counted' | 'held'

export const mayDecide = (footing: Footing): Refusal | undefined => {
  const { policy, standing } = footing
  if (!standing.mayDecide) return standing.refusal
  switch (policy.level) {
    case 'eventual':
      return undefined
    case 'bounded_staleness':
      return hasRoom(policy, footing) ? undefined : boundReached(policy, footing)
    case 'strong':
      return lineCut(footing)
  }
}

/** @param acknowledged the hub durably holds what is to be shown */
export const maySee = (footing: Footing, acknowledged: boolean): Sight => {
  const { policy, standing, line } = footing
  if (!standing.mayDecide) return 'held'
  if (acknowledged || line.state === 'own' || policy.level === 'eventual') return 'shown'
  return policy.level === 'bounded_staleness' && hasRoom(policy, footing) ? 'counted' : 'held'
}

type Bounded = Extract<Consistency, { level: 'bounded_staleness' }>

const hasRoom = ({ maxPending, maxLagMs }: Bounded, { released, line, now }: Footing): boolean =>
  line.state === 'own' || (released.count + 1 <= maxPending && ageOf(released, now) <= maxLagMs)

const ageOf = ({ oldestAt }: Released, now: number): number => (oldestAt === undefined ? 0 : now - oldestAt)

/** A line that will be tried again soon is asked about soon; one that is silent, now and then. */
const RETRY_AFTER_MS = 1_000

const retryAfterMs = (line: Line): number => (line.state === 'cut' ? Math.max(RETRY_AFTER_MS, line.nextTryInMs ?? 0) : RETRY_AFTER_MS)

const boundReached = ({ maxPending, maxLagMs }: Bounded, { released, line, now }: Footing): Refusal => {
  const oldestMs = Math.round(ageOf(released, now))
  const why =
    released.count + 1 > maxPending
      ? `${released.count} decisions wait for the hub's acknowledgement, and ${maxPending} may`
      : `a decision has waited ${oldestMs} ms for the hub's acknowledgement, and ${maxLagMs} ms are allowed`
  return refusal('retry-later', 'staleness-bound-exceeded', `Not now: ${why}. ${help(line)}`, {
    policy: 'bounded_staleness',
    pending: released.count,
    maxPending,
    oldestMs,
    maxLagMs,
    retryAfterMs: retryAfterMs(line),
  })
}

const lineCut = ({ line, now }: Footing): Refusal | undefined => {
  if (line.state === 'live' || line.state === 'own') return undefined
  const since = line.state === 'cut' ? `cut off from its hub for ${Math.round(now - line.since)} ms` : 'without a hub'
  return refusal('retry-later', 'unavailable', `It is decided under strong consistency, and this node is ${since}. ${help(line)}`, {
    policy: 'strong',
    retryAfterMs: retryAfterMs(line),
  })
}

const help = (line: Line): string => {
  switch (line.state) {
    case 'none':
      return 'A hub has to be configured, or a weaker consistency asked for.'
    case 'cut':
      return 'It goes on when the line to the hub is back; a caller may ask for a weaker consistency.'
    default:
      return 'It goes on as soon as the hub answers.'
  }
}
