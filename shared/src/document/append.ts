/**
 * The authority's one way to write: a turn's entries, and the removal of the proposals they judge, in one transaction and so in one
 * update. A verdict can't arrive without the removal, nor the removal without the verdict.
 *
 * A life's first entries in a document open a segment on the log's present end; a full part is followed by the next.
 */

import { refuseContent } from '../values/content.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { advanceHead, headHex } from './head.ts'
import type { FreshValues } from './kept-values.ts'
import { type Link, SEGMENT_LENGTH } from './log-index.ts'
import { type Base, openerElement } from './opener.ts'
import { type Place, removeProposals } from './proposals.ts'
import type { Replica } from './replica.ts'
import { formatSegmentName } from './segment-name.ts'
import { type Entry, endOf, lastReadable, type Position } from './segments.ts'

export interface Turn {
  readonly epoch: number
  readonly life: number
  /** Of the chain at the log's present end; `ZERO_HEAD` for an empty log. */
  readonly head: Uint8Array
  readonly entries: readonly Entry[]
  /** Places of proposals judged or spent. */
  readonly judged: readonly Place[]
  /** Large values that the entries name and the document does not hold yet. */
  readonly values?: FreshValues
}

export interface Appended {
  readonly update: Uint8Array
  readonly head: Uint8Array
  readonly position: Position
}

const NO_VALUES: FreshValues = new Map()

/**
 * Refuses with `fenced` when another life or a later epoch has continued the log, with `log-incomplete` when part of it has not
 * arrived here, and with `bad-content`, `forbidden-key` or `too-deep`; the document is then unchanged.
 */
export const appendTurn = (replica: Replica, turn: Turn): Result<Appended, Refusal> => {
  const { values = NO_VALUES } = turn
  const refused = refuseContent(turn.entries, -1) ?? refuseContent([...values.values()], -1) ?? refuseWriter(replica, turn)
  if (refused !== undefined) return err(refused)
  let head = turn.head
  const update = replica.change(() => {
    replica.values.write(values)
    head = write(replica, turn)
    removeProposals(replica, turn.judged)
  })
  return ok({ update, head, position: endOf(replica) })
}

const refuseWriter = (replica: Replica, { epoch, life }: Turn): Refusal | undefined => {
  const chain = replica.log.chain()
  const tip = chain.at(-1)
  if (tip === undefined) return undefined
  if (lastReadable(chain) !== tip) return refusal('retry-later', 'log-incomplete', 'Part of the log has not arrived here yet.')
  if (isOwn(tip, epoch, life)) return undefined
  const wroteBefore = replica.log.segments().has(formatSegmentName({ epoch, life, part: 0 }))
  if (tip.segment.epoch <= epoch && !wroteBefore) return undefined
  return refusal('give-up', 'fenced', `The log goes on in ${tip.segment.name}; epoch ${epoch}, life ${life} may not append.`)
}

const isOwn = (tip: Link, epoch: number, life: number): boolean => tip.segment.epoch === epoch && tip.segment.life === life

const write = (replica: Replica, { epoch, life, head: oldHead, entries }: Turn): Uint8Array => {
  const tip = replica.log.chain().at(-1)
  const own = tip !== undefined && isOwn(tip, epoch, life)
  let head = oldHead
  let part = own ? tip.segment.part : -1
  let base: Base | null = tip === undefined ? null : { segment: tip.segment.name, length: tip.segment.elements.length }
  let room = own ? SEGMENT_LENGTH - tip.segment.elements.length : 0
  for (let written = 0; written < entries.length; ) {
    const opening: Entry[] = room > 0 ? [] : [openerElement({ base, head: headHex(head) })]
    if (room <= 0) {
      part += 1
      room = SEGMENT_LENGTH
    }
    const elements = [...opening, ...entries.slice(written, written + room - opening.length)]
    written += elements.length - opening.length
    const name = formatSegmentName({ epoch, life, part })
    replica.doc.getArray<Json>(name).push(elements)
    head = advanceHead(head, elements)
    room = 0
    base = { segment: name, length: SEGMENT_LENGTH }
  }
  return head
}
