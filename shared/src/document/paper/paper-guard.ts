/**
 * Judges a foreign change before it touches a paper (D3). Changes nothing.
 *
 *   A1  One well-formed change, of bounded size, whose checksum holds.
 *   A2  Its actor is a life of a node within the rights, never the judge's own.
 *   A3  All it rests on is here, and it is its actor's next: nothing is left waiting, no actor has two histories.
 *   A4  What it leads to, tried on a copy, is content of its kind.
 */
import * as Automerge from '@automerge/automerge'
import { nodeNumberOf } from '../../values/node-number.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { Judged } from '../guard.ts'
import type { Rights } from '../rights.ts'
import { clientOfActor } from './actor.ts'
import { misfitsOf } from './kinds.ts'
import { contentOf, type Paper } from './paper.ts'

/** A change compresses well, so its own size bounds little; this bounds what it can unfold to. */
const MAX_CHANGE_BYTES = 1024 * 1024
const CHECKSUM = { from: 4, to: 8 } as const

export const judgeChange = (paper: Paper, change: Uint8Array, rights: Rights): Result<Judged, Refusal> => {
  if (change.length > Math.min(MAX_CHANGE_BYTES, rights.maxBytes)) {
    return err(refusal('fix-request', 'too-large', `The change has ${change.length} bytes.`))
  }
  const decoded = decode(change)
  if (decoded === undefined) return err(refusal('give-up', 'bad-change', 'This is no change of a document.'))
  if (Automerge.hasHeads(paper.doc, [decoded.hash])) return ok({ hasNews: false })
  const refused = refuseAuthor(paper, decoded, rights) ?? refusePlace(paper, decoded) ?? refuseContent(paper, change)
  return refused === undefined ? ok({ hasNews: true }) : err(refused)
}

const decode = (change: Uint8Array): Automerge.DecodedChange | undefined => {
  try {
    const decoded = Automerge.decodeChange(change)
    // The library does not compare them when it only decodes.
    return decoded.hash.startsWith(hexOf(change.subarray(CHECKSUM.from, CHECKSUM.to))) ? decoded : undefined
  } catch {
    return undefined
  }
}

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

const refuseAuthor = (paper: Paper, { actor }: Automerge.DecodedChange, { nodes, mayWriteText }: Rights): Refusal | undefined => {
  if (!mayWriteText) return refusal('give-up', 'forbidden-root', 'The sender may not edit this document.')
  if (actor === Automerge.getActorId(paper.doc))
    return refusal('ask-person', 'own-client', 'The change continues this very copy: its identity is in use twice.')
  const client = clientOfActor(actor)
  const isWithin = client !== undefined && (nodes === 'any' || nodes.has(nodeNumberOf(client)))
  return isWithin ? undefined : refusal('give-up', 'foreign-client', `Actor ${actor} is not within the sender's rights.`)
}

const refusePlace = (paper: Paper, { actor, seq, deps }: Automerge.DecodedChange): Refusal | undefined => {
  if (!Automerge.hasHeads(paper.doc, deps))
    return refusal('fix-request', 'pending', 'What the change rests on is not here; send that first.')
  const known = Automerge.getChangesMetaSince(paper.doc, []).filter((each) => each.actor === actor).length
  if (seq === known + 1) return undefined
  return seq > known + 1
    ? refusal('fix-request', 'clock-gap', `Changes ${known + 1} to ${seq - 1} of ${actor} are missing.`)
    : refusal('give-up', 'fork', `Actor ${actor} has another change ${seq}.`)
}

const refuseContent = (paper: Paper, change: Uint8Array): Refusal | undefined => {
  const copy = Automerge.clone(paper.doc)
  try {
    const [next] = Automerge.applyChanges(copy, [change])
    const misfits = misfitsOf(paper.name, contentOf(next))
    const [first] = misfits
    return first && refusal('give-up', 'bad-content', `${first.path}: ${first.message}`)
  } catch {
    return refusal('give-up', 'bad-change', 'The change can not be applied.')
  }
}
