/**
 * The gateway's side of authority: what it believes to hold, and whether it may decide at this moment (C2).
 *
 *                     granted (lease names it, all before it is here)
 *            ╭────────────────────────────────────────────────▶╮
 *        following                                           holding ── renewed ──▶ holding
 *            ╰◀── handed over, or the lease names another ─────╯
 *
 *   H1  A timed lease allows nothing one duration after its last confirmed renewal was *sent*, whichever of the two clocks says so
 *       first; nor while the two disagree on the time since by more than the margin: then one of them stood still or was moved.
 *   H2  A new life of a timed holder decides nothing before its first renewal: how long the last one is ago, nobody can tell.
 *   H3  The epoch never goes down.
 */
import type { Instant } from '../values/instant.ts'
import { refusal } from '../values/refusal.ts'
import type { Standing } from './authorities.ts'
import { notAuthority } from './fixed.ts'
import type { Holdover } from './lease.ts'

export interface Holder {
  readonly home: string
  readonly holding: boolean
  /** Held, or the highest heard of. */
  readonly epoch: number
  readonly holdover: Holdover
  /** When the last renewal that was confirmed was sent, in this life of the process. */
  readonly renewedAt?: Instant
}

export const holding = (home: string, epoch: number, holdover: Holdover): Holder => ({ home, holding: true, epoch, holdover })

export const following = ({ home, holdover, epoch }: Holder, heard = epoch): Holder => {
  return { home, holding: false, epoch: Math.max(epoch, heard), holdover }
}

/** The coordinator confirmed what was asked at `sentAt`: a renewal, or the grant of an epoch. One that is older changes nothing. */
export const granted = (holder: Holder, epoch: number, holdover: Holdover, sentAt: Instant): Holder => {
  if (epoch < holder.epoch) return holder
  const before = holder.holding && holder.epoch === epoch ? holder.renewedAt : undefined
  const renewedAt = before !== undefined && before.monotonic > sentAt.monotonic ? before : sentAt
  return { home: holder.home, holding: true, epoch, holdover, renewedAt }
}

const MAY_DECIDE: Standing = { mayDecide: true }

export const standingOf = (holder: Holder, now: Instant): Standing => {
  const { home, holdover } = holder
  if (!holder.holding) return notAuthority(home)
  if (holdover.kind === 'until-released') return MAY_DECIDE
  return isExpired(holder.renewedAt, holdover, now) ? ranOut(home) : MAY_DECIDE
}

/** Monotonic: by when to ask again, so that one lost answer or two do not end it. */
export const renewalDueAt = ({ holding: holds, holdover, renewedAt }: Holder): number | undefined => {
  if (!holds || holdover.kind !== 'timed') return undefined
  return renewedAt === undefined ? Number.NEGATIVE_INFINITY : renewedAt.monotonic + holdover.durationMs / 4
}

/** Monotonic: from then on nothing may be decided unless a renewal comes; undefined for what does not end by time. */
export const endsAt = ({ holding: holds, holdover, renewedAt }: Holder): number | undefined => {
  if (!holds || holdover.kind !== 'timed') return undefined
  return renewedAt === undefined ? Number.NEGATIVE_INFINITY : renewedAt.monotonic + holdover.durationMs
}

type Timed = Extract<Holdover, { kind: 'timed' }>

const isExpired = (renewedAt: Instant | undefined, { durationMs, marginMs }: Timed, now: Instant): boolean => {
  if (renewedAt === undefined) return true
  const monotonicMs = now.monotonic - renewedAt.monotonic
  const wallMs = now.wall - renewedAt.wall
  return Math.max(monotonicMs, wallMs) >= durationMs || Math.abs(wallMs - monotonicMs) > marginMs
}

const ranOut = (home: string): Standing => ({
  mayDecide: false,
  refusal: refusal('retry-later', 'lease-ran-out', `The lease of ${home} has run out; it goes on when the coordinator renews it.`),
})
