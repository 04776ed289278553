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
  if (mismatch !== undefined) return err(mismatch)
  let head = ZERO_HEAD
  for (const link of replica.log.chain()) {
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
