/**
 * Leases as they are kept and said. At a coordinator `leases` holds one row a home, written in the commit that grants; at a gateway a row
 * of `node` tells what it believes to hold, written before it acts on it.
 */
import { z } from 'zod'
import { type Holder, holding } from '../../consistency/holder.ts'
import { HOLDOVER, LEASE, type Lease, UNTIL_RELEASED } from '../../consistency/lease.ts'
import type { Put } from '../../ports/store.ts'
import type { Json } from '../../values/json.ts'

export const LEASES = 'leases'

/** Kinds of calls. A gateway asks for its home; the hub says that somebody should ask again, or asks the holder to hand over. */
export const ASK_LEASE = 'lease'
export const LEASE_NEWS = 'lease-news'
export const HAND_OVER = 'hand-over'
export const CHECK_HEIR = 'check-heir'
export const DECLARE_LOST = 'declare-lost'

export const leaseKey = (home: string): { readonly collection: string; readonly key: string } => ({ collection: LEASES, key: home })

export const leasePut = (lease: Lease): Put => ({ ...leaseKey(lease.home), value: { ...lease } as Json })

export const parseLease = (row: Json | undefined): Lease | undefined => LEASE.safeParse(row).data

/** A node asks: what it believes to hold, and how far it holds the hub's feed of the home. */
export const LEASE_QUESTION = z.strictObject({
  holds: z.int().min(1).exactOptional(),
  /** It knows that what it holds may end by time. */
  knowsTime: z.boolean().exactOptional(),
  feed: z.strictObject({ generation: z.string(), sequence: z.int().min(0) }).exactOptional(),
})

/** How it stands, and whether the hub held something then that the node does not. */
const LEASE_REPLY = z.strictObject({ lease: LEASE, lacks: z.boolean() })
export type LeaseReply = Readonly<z.infer<typeof LEASE_REPLY>>
export const parseLeaseReply = (body: Json): LeaseReply | undefined => LEASE_REPLY.safeParse(body).data

const HELD = z.strictObject({ holding: z.boolean(), epoch: z.int().min(0), holdover: HOLDOVER })

const keyOf = (home: string): string => `authority/${home}`

export const holderPut = ({ home, holding: holds, epoch, holdover }: Holder): Put => {
  return { collection: 'node', key: keyOf(home), value: { holding: holds, epoch, holdover } }
}

export const releasedPut = (home: string, epoch: number): Put => holderPut({ home, holding: false, epoch, holdover: UNTIL_RELEASED })

/** What an earlier life believed; without one, what enrolment says: the first epoch for a home's first node, nothing for a standby. */
export const holderOf = (home: string, row: Json | undefined, standby: boolean): Holder => {
  const held = HELD.safeParse(row).data
  if (held !== undefined) return { home, ...held }
  const enrolled = holding(home, 1, UNTIL_RELEASED)
  return standby ? { ...enrolled, holding: false, epoch: 0 } : enrolled
}

export const holderKey = keyOf
