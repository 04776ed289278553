/**
 * Verifying a log's hash chain (D6). Two things vouch for the past: every opener carries the head it stands on, and an anchor (a head
 * kept in the store each turn, or at the hub) is compared where the chain reaches its position. So a changed, swapped, missing or added
 * entry before an opener or an anchor is found, and the place is told.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { advanceHead, headHex, ZERO_HEAD } from './head.ts'
import type { Link } from './log-index.ts'
import type { Replica } from './replica.ts'
import { endOf, isComplete, type Position, readableLength } from './segments.ts'

export interface Anchor {
  readonly position: Position
  /** Hex. */
  readonly head: string
}

export interface Verified {
  readonly head: Uint8Array
  readonly position: Position
}

/** Recomputes the chain over all that counts. Refuses with `chain-broken` or `anchor-mismatch`, both matters for a person. */
export const verifyChain = (replica: Replica, anchor?: Anchor): Result<Verified, Refusal> => {
  const mismatch = anchor === undefined ? undefined : refuseUnreached(replica, anchor)
  return mismatch === undefined ? verifyLinks(replica, replica.log.chain(), ZERO_HEAD, anchor) : err(mismatch)
}

/**
 * As `verifyChain`, in the time that the new entries take: from what was verified before, on. Where the past has been cut below
 * that, all is verified again.
 */
export const verifyOn = (replica: Replica, before: Verified): Result<Verified, Refusal> => {
  const { segment, index } = before.position
  const link = segment === null ? undefined : replica.log.linkOf(segment)
  if (link === undefined || index > readableLength(link)) return verifyChain(replica)
  const head = advanceHead(before.head, link.segment.elements.slice(index, readableLength(link)))
  const later = isComplete(link) ? replica.log.chain().slice(link.place + 1) : []
  return verifyLinks(replica, later, head)
}

const verifyLinks = (replica: Replica, links: readonly Link[], from: Uint8Array, anchor?: Anchor): Result<Verified, Refusal> => {
  let head = from
  for (const link of links) {
    const next = verifyLink(link, head, anchor)
    if (!next.ok) return next
    head = next.value
    if (!isComplete(link)) break
  }
  return ok({ head, position: endOf(replica) })
}

const verifyLink = (link: Link, head: Uint8Array, anchor: Anchor | undefined): Result<Uint8Array, Refusal> => {
  const { name, opener } = link.segment
  if (opener?.head !== headHex(head))
    return err(broken('chain-broken', `The log before ${name} is not the one that ${name} was opened on.`))
  const elements = link.segment.elements.slice(0, readableLength(link))
  if (anchor?.position.segment !== name) return ok(advanceHead(head, elements))
  const atAnchor = advanceHead(head, elements.slice(0, anchor.position.index))
  if (headHex(atAnchor) !== anchor.head)
    return err(broken('anchor-mismatch', `The log up to ${name}, element ${anchor.position.index}, has changed.`))
  return ok(advanceHead(atAnchor, elements.slice(anchor.position.index)))
}

const refuseUnreached = (replica: Replica, { position, head }: Anchor): Refusal | undefined => {
  if (position.segment === null) {
    return head === headHex(ZERO_HEAD) ? undefined : broken('anchor-mismatch', 'The anchor of an empty log is not the zero head.')
  }
  const link = replica.log.linkOf(position.segment)
  const reached = link !== undefined && position.index >= 1 && position.index <= readableLength(link)
  if (reached && link.before + position.index - 1 === position.length && endOf(replica).length >= position.length) return undefined
  return broken('anchor-mismatch', `The log does not reach its anchor at ${position.segment}, element ${position.index}.`)
}

const broken = (code: string, message: string): Refusal => refusal('ask-person', code, message)
