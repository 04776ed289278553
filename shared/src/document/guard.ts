/**
 * Judges an update before it touches a live document (D3). Reads bytes and document, changes neither; costs about as much as applying.
 *
 *   G1  Only V1 bytes that are wholly understood pass; nothing is believed about lengths.
 *   G2  Only what is new is judged: known items and known deletions are passed over, so a resend is harmless.
 *   G3  New items carry client ids of nodes within the rights, never the judge's own, and begin where the client's known clock ends.
 *   G4  Whatever an item rests on is here or earlier in the same update: nothing is ever left pending.
 *   G5  Each root has its own rules (`guard-roots.ts`); deletions reach only what the sender may delete.
 *   G6  A new segment rests on no less than was acknowledged, and on nothing that is not here; one of the epoch granted last may leave
 *       out what a former authority added to its own segments since.
 *   G7  What guests write reaches notes and fields only, whoever brings it.
 *
 * Judges structure only. Whether content makes sense is decided later, and answered with a verdict.
 */
import { isGuest, nodeNumberOf } from '../values/node-number.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { Unreadable } from './byte-reader.ts'
import { judgeInOrder, PENDING } from './guard-order.ts'
import { type Examined, judgeDeletion, type OpenedSegment } from './guard-roots.ts'
import { Horizon } from './horizon.ts'
import type { Base } from './opener.ts'
import type { Replica } from './replica.ts'
import type { Rights } from './rights.ts'
import { compareSegmentNames, parseSegmentName } from './segment-name.ts'
import { parseUpdate, type Section, type UpdateParts } from './update-parts.ts'

export interface Judged {
  /** False when all of it is known already: nothing need be applied, stored or sent on. */
  readonly hasNews: boolean
}

export const judgeUpdate = (replica: Replica, update: Uint8Array, rights: Rights): Result<Judged, Refusal> => {
  if (update.length > rights.maxBytes) {
    return err(refusal('fix-request', 'too-large', `The update has ${update.length} bytes; ${rights.maxBytes} are allowed.`))
  }
  try {
    return judgeParts({ horizon: new Horizon(replica), rights, update, opened: [] }, parseUpdate(update))
  } catch (thrown) {
    if (thrown instanceof Unreadable) return err(thrown.refusal)
    throw thrown
  }
}

const judgeParts = (examined: Examined, parts: UpdateParts): Result<Judged, Refusal> => {
  const refused = judgeStarts(examined, parts.sections) ?? judgeInOrder(examined, parts.sections)
  if (refused !== undefined) return err(refused)
  const deleted = judgeDeletes(examined, parts)
  if (!deleted.ok) return deleted
  const badBase = firstRefusal(examined.opened, (opened) => judgeBase(examined, opened))
  if (badBase !== undefined) return err(badBase)
  return ok({ hasNews: deleted.value || parts.sections.some(({ client }) => examined.horizon.isNew(client)) })
}

const judgeStarts = ({ horizon, rights }: Examined, sections: readonly Section[]): Refusal | undefined =>
  firstRefusal(sections, ({ client, items }) => {
    const known = horizon.state(client)
    const first = items[0]
    if (first === undefined) return refusal('give-up', 'v2-or-garbage', 'The update names a client that wrote nothing.')
    if (first.id.clock > known)
      return refusal('fix-request', 'clock-gap', `Items ${known} to ${first.id.clock} of client ${client} are missing.`)
    const last = items.at(-1)
    if (last !== undefined && last.id.clock + last.length <= known) return undefined
    if (client === horizon.replica.clientId) {
      return refusal('ask-person', 'own-client', 'The update continues this very replica: its identity is in use twice.')
    }
    return mayBring(rights, client)
      ? undefined
      : refusal('give-up', 'foreign-client', `Client ${client} is not within the sender's rights.`)
  })

const mayBring = ({ nodes, guests, returning }: Rights, client: number): boolean => {
  if (nodes === 'any') return true
  if (isGuest(client)) return guests === 'any' || guests?.has(client) === true
  const node = nodeNumberOf(client)
  return nodes.has(node) || returning?.has(node) === true
}

const judgeDeletes = ({ horizon, rights }: Examined, { deletes }: UpdateParts): Result<boolean, Refusal> => {
  let hasNews = false
  for (const [client, ranges] of deletes) {
    for (const range of ranges) {
      if (range.to > horizon.state(client)) return err(PENDING)
      for (const spot of horizon.liveSpots(client, range)) {
        hasNews = true
        const refused = judgeDeletion(rights, spot)
        if (refused !== undefined) return err(refused)
      }
    }
  }
  return ok(hasNews)
}

const judgeBase = ({ horizon, rights }: Examined, { name, opener: { base } }: OpenedSegment): Refusal | undefined => {
  const acknowledged = (segment: string): number =>
    rights.acknowledged === undefined
      ? (horizon.replica.log.segments().get(segment)?.elements.length ?? 0)
      : (rights.acknowledged.get(segment) ?? 0)
  const tooLow = base === null ? hasAcknowledged(horizon.replica, rights) : base.length < acknowledged(base.segment)
  if (tooLow && !isRival(horizon.replica, rights, name, base))
    return refusal('give-up', 'base-below-acknowledged', `${name} rests on less of the log than was acknowledged.`)
  if (base !== null && base.length > (horizon.tailOf(base.segment)?.length ?? 0)) {
    return refusal('fix-request', 'base-unknown', `${name} rests on entries of ${base.segment} that are not here.`)
  }
  return undefined
}

/**
 * Where two authorities have written, each may pass whose segment cuts off nothing that it must not: the present one's, which may leave out
 * what a former one added since; and a former one's that loses against what is here, and so is judged and not folded.
 */
const isRival = ({ log }: Replica, { mayCut }: Rights, name: string, base: Base | null): boolean => {
  const own = parseSegmentName(name)
  const rivals = [...log.segments().values()].filter(({ opener }) => opener !== undefined && opener.base?.segment === base?.segment)
  if (own === undefined) return false
  if (rivals.some((rival) => compareSegmentNames(rival, own) > 0)) return true
  const before = base === null ? log.chain()[0]?.segment : parseSegmentName(base.segment)
  return mayCut !== undefined && own.epoch <= mayCut && before !== undefined && before.epoch < own.epoch
}

const hasAcknowledged = (replica: Replica, { acknowledged }: Rights): boolean =>
  acknowledged === undefined ? replica.log.chain().length > 0 : [...acknowledged.values()].some((length) => length > 0)

const firstRefusal = <T>(all: readonly T[], judge: (one: T) => Refusal | undefined): Refusal | undefined => {
  for (const one of all) {
    const refused = judge(one)
    if (refused !== undefined) return refused
  }
  return undefined
}
