/**
 * The rules of each root (D3): who may write there, what content it takes, and where in it.
 *
 *   log:*       the authority; JSON arrays, appended by the segment's one writer, the first an opener
 *   values      the authority; JSON arrays, never taken away
 *   proposals   whoever may propose; JSON; taken away by the authority only
 *   notes       whoever may write text; plain text only: formatting makes Yjs edit the document on its own while it applies
 *   fields      whoever may write text; one JSON value for a known key, the older value deleted
 */
import { createDecoder, readAny } from 'lib0/decoding'
import { isGuest, nodeNumberOf } from '../values/node-number.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { FIELDS, LABEL_PREFIX, NOTES, TITLE } from './fields.ts'
import type { Horizon, Spot } from './horizon.ts'
import { VALUES } from './kept-values.ts'
import { SEGMENT_LENGTH } from './log-index.ts'
import { type Opener, parseOpener } from './opener.ts'
import { PROPOSALS } from './proposals.ts'
import type { Rights } from './rights.ts'
import { parseSegmentName } from './segment-name.ts'
import type { ParsedItem } from './update-parts.ts'

export interface OpenedSegment {
  readonly name: string
  readonly opener: Opener
}

export interface Examined {
  readonly horizon: Horizon
  readonly rights: Rights
  readonly update: Uint8Array
  /** Filled as new segments are met; judged when the whole update has been seen. */
  readonly opened: OpenedSegment[]
}

export const judgeItem = (examined: Examined, item: ParsedItem, spot: Spot): Refusal | undefined => {
  if (isGuest(item.id.client) && spot.root !== NOTES && spot.root !== FIELDS) return forbidden(spot)
  switch (spot.root) {
    case PROPOSALS:
      return judgeProposal(examined.rights, item, spot)
    case NOTES:
      return judgeNotes(examined.rights, item, spot)
    case FIELDS:
      return judgeField(examined.rights, item, spot)
    case VALUES:
      return judgeValue(examined.rights, item, spot)
    default:
      return judgeLogItem(examined, item, spot)
  }
}

export const judgeDeletion = (rights: Rights, spot: Spot | undefined): Refusal | undefined => {
  const mayTakeAway = rights.authority || rights.returning !== undefined
  const allowed = spot?.root === PROPOSALS ? mayTakeAway : (spot?.root === NOTES || spot?.root === FIELDS) && rights.mayWriteText
  return allowed ? undefined : refusal('give-up', 'forbidden-delete', 'The update deletes what its sender may not.')
}

const judgeProposal = (rights: Rights, { content }: ParsedItem, spot: Spot): Refusal | undefined => {
  if (content.kind === 'deleted') return judgeDeletion(rights, spot)
  if (!rights.mayPropose) return forbidden(spot)
  return content.kind === 'json' && spot.key === null ? undefined : badContent(spot)
}

const judgeNotes = (rights: Rights, { content }: ParsedItem, spot: Spot): Refusal | undefined => {
  if (!rights.mayWriteText) return forbidden(spot)
  return content.kind !== 'json' && spot.key === null ? undefined : badContent(spot)
}

const judgeField = (rights: Rights, { content, length, rightOrigin }: ParsedItem, spot: Spot): Refusal | undefined => {
  if (!rights.mayWriteText) return forbidden(spot)
  if (spot.key === null || (spot.key !== TITLE && !spot.key.startsWith(LABEL_PREFIX)))
    return refusal('fix-request', 'bad-root', 'No such field.')
  if (rightOrigin !== undefined) return refusal('give-up', 'bad-origin', 'A field is written to its left.')
  return content.kind === 'deleted' || (content.kind === 'json' && length === 1) ? undefined : badContent(spot)
}

const judgeValue = (rights: Rights, { content }: ParsedItem, spot: Spot): Refusal | undefined => {
  if (!rights.authority) return forbidden(spot)
  return content.kind === 'json' && content.allArrays && spot.key === null ? undefined : badContent(spot)
}

const judgeLogItem = (examined: Examined, item: ParsedItem, spot: Spot): Refusal | undefined => {
  const name = parseSegmentName(spot.root)
  if (name === undefined) return refusal('fix-request', 'bad-root', 'The update writes outside the known roots.')
  const { rights } = examined
  if (!rights.authority && !rights.returning?.has(nodeNumberOf(item.id.client))) return forbidden(spot)
  if (name.epoch > (rights.maxEpoch ?? name.epoch)) return refusal('give-up', 'epoch-not-granted', `Epoch ${name.epoch} was not granted.`)
  if (item.content.kind !== 'json' || !item.content.allArrays || spot.key !== null) return badContent(spot)
  return judgeAppend(examined, item, spot.root) ?? judgeOpening(examined, item, spot.root)
}

const judgeAppend = ({ horizon }: Examined, { id, length, origin, rightOrigin }: ParsedItem, name: string): Refusal | undefined => {
  const tail = horizon.tailOf(name)
  const follows = tail === undefined ? origin === undefined : origin?.client === tail.client && origin.clock === tail.lastClock
  if (!follows || rightOrigin !== undefined) return refusal('give-up', 'mid-log-insert', `${name} is written elsewhere than at its end.`)
  if (tail !== undefined && tail.client !== id.client) return refusal('give-up', 'second-writer', `${name} belongs to another writer.`)
  const total = (tail?.length ?? 0) + length
  return total > SEGMENT_LENGTH ? refusal('give-up', 'segment-full', `${name} holds more than ${SEGMENT_LENGTH} elements.`) : undefined
}

const judgeOpening = ({ horizon, update, opened }: Examined, { id, length, content }: ParsedItem, name: string): Refusal | undefined => {
  const tail = horizon.tailOf(name)
  if (tail === undefined) {
    const opener = content.kind === 'json' ? parseOpener(readAny(createDecoder(update.subarray(content.start)))) : undefined
    if (opener === undefined) return refusal('give-up', 'bad-opener', `${name} does not begin with what it rests on.`)
    opened.push({ name, opener })
  }
  horizon.extend(name, { client: id.client, lastClock: id.clock + length - 1, length: (tail?.length ?? 0) + length })
  return undefined
}

const forbidden = (spot: Spot): Refusal => refusal('give-up', 'forbidden-root', `The sender may not write to ${spot.root}.`)
const badContent = (spot: Spot): Refusal => refusal('give-up', 'bad-content', `${spot.root} does not take this kind of content.`)
