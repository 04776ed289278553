/**
 * The coordinator's side of authority: which node gets a home, and when (C2). Each move gives the lease to commit; what counts is what
 * is committed, and the shell tells when that was.
 *
 *                  ask by its holder (renewal)
 *                     ╭─────╮
 *   none ──ask──▶ held by a node ──handover──────────────▶ held by the next, epoch + 1
 *       (first of  (epoch 1)  ├──timed, not renewed, ask──▶    〃
 *        the home's           ├──declared lost, with heir──▶   〃
 *        nodes)               ╰──declared lost──▶ vacant ──ask──▶ 〃
 *
 *   A1  Epochs strictly increase; no two nodes are ever granted the same one.
 *   A2  A timed lease goes to another node no sooner than duration + margin after its last renewal was committed here; after a restart,
 *       or when another coordinator has renewed it, no sooner than that after it was first seen so. So no clock is compared with
 *       another node's, and none but the monotonic one is believed.
 *   A3  An epoch until released never ends by time. Nor does the first, which its holder has by enrolment, before that has shown that it knows:
 *       the answer that would have told it may be lost, and it would go on.
 *   A4  Only nodes enrolled for the home are granted it.
 *   A5  A node that shows a higher epoch than is known here was granted it before this store was restored from a backup: so it is.
 */
import type { Instant } from '../values/instant.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Holdover, Lease } from './lease.ts'

/** A lease as it stands in the store, and the monotonic moment at which it was committed or first seen so. */
export interface KnownLease {
  readonly lease: Lease
  readonly seenAt: number
}

/** Who may hold a home, the first of them by enrolment, and how long once granted. */
export interface Enrolment {
  readonly home: string
  readonly nodes: readonly string[]
  readonly holdover: Holdover
}

/** What was read from the store: as before it keeps its age, anything else begins to age now. */
export const seen = (before: KnownLease | undefined, lease: Lease | undefined, now: Instant): KnownLease | undefined => {
  if (lease === undefined) return undefined
  const isSame = before !== undefined && before.lease.epoch === lease.epoch && before.lease.renewals === lease.renewals
  return isSame ? { ...before, lease } : { lease, seenAt: now.monotonic }
}

export interface Asker {
  readonly node: string
  /** The epoch it believes to hold. */
  readonly holds?: number
  /** It knows that what it holds may end by time. */
  readonly knowsTime?: boolean
}

/** A node asks for the home, or for its renewal. The answer is the lease to be committed. */
export const grantTo = (
  enrolment: Enrolment,
  known: KnownLease | undefined,
  { node, holds = 0, knowsTime = false }: Asker,
  now: Instant,
): Result<Lease, Refusal> => {
  if (!enrolment.nodes.includes(node)) return err(notEnrolled(enrolment, node))
  if (holds > Math.max(1, known?.lease.epoch ?? 0))
    return ok(leaseOf(enrolment, known?.lease, holds, node, { at: now.wall, how: 'shown', by: node }))
  if (known === undefined) {
    const first = enrolment.nodes[0]
    return node === first
      ? ok(leaseOf(enrolment, undefined, 1, node, { at: now.wall, how: 'enrolment', by: node }))
      : err(heldBy(enrolment.home, first))
  }
  const { lease } = known
  if (lease.vacant) return ok(nextEpoch(enrolment, lease, node, { at: now.wall, how: 'declared-lost', by: lease.since.by }))
  if (lease.holder === node) return ok(isUnknownTo(lease) && !knowsTime ? lease : { ...lease, renewals: lease.renewals + 1 })
  if (!hasRunOut(known, now)) return err(heldBy(lease.home, lease.holder))
  return ok(nextEpoch(enrolment, lease, node, { at: now.wall, how: 'ran-out', by: node }))
}

/** Its holder gives it to another node, or to itself to begin a new epoch. */
export const handOver = (
  enrolment: Enrolment,
  known: KnownLease | undefined,
  { from, epoch, to, by }: { readonly from: string; readonly epoch: number; readonly to: string; readonly by: string },
  now: Instant,
): Result<Lease, Refusal> => {
  if (!enrolment.nodes.includes(to)) return err(notEnrolled(enrolment, to))
  const { lease } = known ?? {}
  if (lease === undefined || lease.vacant || lease.holder !== from || lease.epoch !== epoch)
    return err(staleEpoch(enrolment.home, epoch, lease))
  return ok(nextEpoch(enrolment, lease, to, { at: now.wall, how: 'handover', by }))
}

/** An operator's word that the holder will not come back by itself. It may be wrong: then two nodes execute at once, and it shows. */
export const declareLost = (
  enrolment: Enrolment,
  known: KnownLease | undefined,
  { by, reason, heir }: { readonly by: string; readonly reason: string; readonly heir?: string },
  now: Instant,
): Result<Lease, Refusal> => {
  if (heir !== undefined && !enrolment.nodes.includes(heir)) return err(notEnrolled(enrolment, heir))
  const since = { at: now.wall, how: 'declared-lost', by, reason } as const
  if (known === undefined) return err(refusal('fix-request', 'not-held', `Nobody holds ${enrolment.home}.`))
  const { lease } = known
  return ok(heir === undefined ? { ...lease, vacant: true, since } : nextEpoch(enrolment, lease, heir, since))
}

/** May this node commit anything under this epoch? */
export const refuseStale = (known: KnownLease | undefined, home: string, node: string, epoch: number): Refusal | undefined => {
  const { lease } = known ?? {}
  const holds = lease !== undefined && !lease.vacant && lease.holder === node && lease.epoch === epoch
  return holds ? undefined : staleEpoch(home, epoch, lease)
}

/** A lease by enrolment begins at its holder, which has not heard how it ends. */
const isUnknownTo = ({ since, renewals }: Lease): boolean => since.how === 'enrolment' && renewals === 0

const hasRunOut = ({ lease, lease: { holdover }, seenAt }: KnownLease, now: Instant): boolean =>
  !isUnknownTo(lease) && holdover.kind === 'timed' && now.monotonic - seenAt >= holdover.durationMs + holdover.marginMs

const leaseOf = ({ home, holdover }: Enrolment, before: Lease | undefined, epoch: number, holder: string, since: Lease['since']): Lease => {
  return { home, epoch, holder, holdover, renewals: 0, vacant: false, granted: { ...before?.granted, [holder]: epoch }, since }
}

const nextEpoch = (enrolment: Enrolment, before: Lease, holder: string, since: Lease['since']): Lease =>
  leaseOf(enrolment, before, before.epoch + 1, holder, before.vacant ? { ...before.since, at: since.at } : since)

const notEnrolled = ({ home }: Enrolment, node: string): Refusal =>
  refusal('fix-request', 'not-enrolled', `${node} is not enrolled for ${home}.`)

const heldBy = (home: string, holder: string | undefined): Refusal =>
  refusal('retry-later', 'lease-held', `${home} is held by ${holder ?? 'nobody'}.`)

const staleEpoch = (home: string, epoch: number, lease: Lease | undefined): Refusal => {
  const now = lease === undefined ? 'nobody holds it' : `epoch ${lease.epoch} is ${lease.vacant ? 'vacant' : `held by ${lease.holder}`}`
  return refusal('give-up', 'stale-epoch', `Epoch ${epoch} of ${home} is over: ${now}.`)
}
