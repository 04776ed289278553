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
  /** An earlier life of the node may have released more, nobody knows how many. */
  readonly unknown?: true
}

/** The way to the hub. A node that has none is its own: what is durable there has all the acknowledgement it can get. */
export type Line =
  | { readonly state: 'own' }
  | { readonly state: 'live' }
  /** `since`: monotonic; `nextTryInMs`: when it will be tried again, if that is known. */
  | { readonly state: 'cut'; readonly since: number; readonly nextTryInMs?: number }

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
  line.state === 'own' || (released.unknown === undefined && released.count + 1 <= maxPending && ageOf(released, now) <= maxLagMs)

const ageOf = ({ oldestAt }: Released, now: number): number => (oldestAt === undefined ? 0 : now - oldestAt)

/** A line that will be tried again soon is asked about soon; one that is silent, now and then. */
const RETRY_AFTER_MS = 1_000

const retryAfterMs = (line: Line): number => (line.state === 'cut' ? Math.max(RETRY_AFTER_MS, line.nextTryInMs ?? 0) : RETRY_AFTER_MS)

const boundReached = ({ maxPending, maxLagMs }: Bounded, { released, line, now }: Footing): Refusal => {
  const oldestMs = Math.round(ageOf(released, now))
  const bound = { pending: released.count, maxPending, oldestMs, maxLagMs }
  const message = `Not now: ${reached({ ...bound, unknown: released.unknown })}. ${help(line)}`
  const details = { policy: 'bounded_staleness', ...bound, retryAfterMs: retryAfterMs(line) }
  return refusal('retry-later', 'staleness-bound-exceeded', message, details)
}

const reached = (bound: {
  readonly pending: number
  readonly maxPending: number
  readonly oldestMs: number
  readonly maxLagMs: number
  readonly unknown: true | undefined
}): string => {
  if (bound.unknown) return 'the hub has yet to acknowledge what was decided before this node was started'
  return bound.pending + 1 > bound.maxPending
    ? `${bound.pending} decisions wait for the hub's acknowledgement, and ${bound.maxPending} may`
    : `a decision has waited ${bound.oldestMs} ms for the hub's acknowledgement, and ${bound.maxLagMs} ms are allowed`
}

const lineCut = ({ line, now }: Footing): Refusal | undefined => {
  if (line.state !== 'cut') return undefined
  const since = `cut off from its hub for ${Math.round(now - line.since)} ms`
  return refusal('retry-later', 'unavailable', `It is decided under strong consistency, and this node is ${since}. ${help(line)}`, {
    policy: 'strong',
    retryAfterMs: retryAfterMs(line),
  })
}

const help = (line: Line): string =>
  line.state === 'cut'
    ? 'It goes on when the line to the hub is back; a caller may ask for a weaker consistency.'
    : 'It goes on as soon as the hub answers.'
