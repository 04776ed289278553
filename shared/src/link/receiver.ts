/**
 * One direction of one home's stream, at the end that receives it.
 *
 *    push ──▶ arriving ──last──▶ waiting ──commit──▶ committing ──committed──▶ cursor ──▶ ack
 *             (part of a group)  (whole groups)      (at most one)
 *
 *   R1  Every push continues the last one: `from` = the place reached. One at or below the cursor is a duplicate: acknowledged
 *       again, not committed. Anything else is a gap: the session ends, and the sender resends from the durable cursor.
 *   R2  Only whole groups are committed, in feed order, one commit at a time; groups that wait for it are joined into the next.
 *   R3  Nothing is acknowledged before its commit. A push that leaves its group open is answered by repeating the durable cursor, so
 *       that a long group on a slow line is not taken for a stall.
 *   R4  A refused update stops nothing: its refusal is durable in the same commit, sent as `reject`, and the cursor passes it.
 *   R5  A failed commit ends the session; nothing of it was kept, and the sender tries again after its back-off.
 *   R6  At most MAX_HELD_BYTES are held uncommitted.
 */
import type { Refusal } from '../values/refusal.ts'
import { notDurable, overCredit, resync } from './close.ts'
import { type FeedUpdate, type Refused, type StreamOutput, send, type UnnotedRefusal } from './exchange.ts'
import { MAX_HELD_BYTES } from './limits.ts'
import type { Piece, Push } from './messages/index.ts'
import { costOf, joined } from './pieces.ts'
import { endWith, type Step, stay } from './step.ts'
import { wireRefusal } from './wire-refusal.ts'

interface Held<Item> {
  readonly to: number
  readonly updates: readonly Item[]
  readonly bytes: number
}

export interface Receiver {
  readonly home: string
  /** Of the sender's store. */
  readonly generation: string
  readonly cursor: number
  readonly arriving: Held<Piece> | undefined
  readonly waiting: Held<FeedUpdate> | undefined
  readonly committing: { readonly to: number; readonly bytes: number } | undefined
}

export const openReceiver = (home: string, generation: string, cursor: number): Receiver => ({
  home,
  generation,
  cursor,
  arriving: undefined,
  waiting: undefined,
  committing: undefined,
})

export const receivePush = (receiver: Receiver, push: Push): Step<Receiver> => {
  if (push.generation !== receiver.generation) return endWith(receiver, resync(receiver.home, `a push of generation ${push.generation}`))
  const place = reached(receiver)
  if (push.from !== place) return outOfPlace(receiver, push, place)
  if (!isOrdered(push)) return endWith(receiver, resync(receiver.home, `a push whose numbers are not in order`))
  return accept(receiver, push)
}

export const commitDone = (receiver: Receiver, refused: readonly Refused[]): Step<Receiver> => {
  if (receiver.committing === undefined) return stay(receiver)
  const { home, generation } = receiver
  const settled: Receiver = { ...receiver, cursor: receiver.committing.to, committing: undefined }
  const rejects = refused.map((one) => rejectOf({ home, generation, ...one }))
  const next = startCommit(settled)
  return { ...next, outputs: [...rejects, ackOf(settled), ...next.outputs] }
}

export const commitFailed = (receiver: Receiver, reason: Refusal): Step<Receiver> =>
  receiver.committing === undefined ? stay(receiver) : endWith(receiver, notDurable(reason))

export const rejectOf = ({ home, generation, document, sequence, refusal }: UnnotedRefusal): StreamOutput =>
  send({ type: 'reject', home, generation, document, sequence, refusal: wireRefusal(refusal) })

const reached = ({ arriving, waiting, committing, cursor }: Receiver): number => arriving?.to ?? waiting?.to ?? committing?.to ?? cursor

const outOfPlace = (receiver: Receiver, push: Push, place: number): Step<Receiver> => {
  if (push.to <= receiver.cursor) return stay(receiver, ackOf(receiver))
  if (push.to <= place) return stay(receiver)
  return endWith(receiver, resync(receiver.home, `a push from ${push.from}, but the place reached is ${place}`))
}

const isOrdered = ({ from, to, updates }: Push): boolean => {
  let previous = from
  for (const { sequence } of updates) {
    if (sequence < previous || sequence <= from) return false
    previous = sequence
  }
  return from <= to && updates.every(({ sequence, more }) => more || sequence <= to)
}

const accept = (receiver: Receiver, push: Push): Step<Receiver> => {
  const { arriving } = receiver
  const bytes = (arriving?.bytes ?? 0) + costOf(push.updates)
  const updates = [...(arriving?.updates ?? []), ...push.updates]
  if (bytes + (receiver.waiting?.bytes ?? 0) + (receiver.committing?.bytes ?? 0) > MAX_HELD_BYTES) {
    return endWith(receiver, overCredit(receiver.home))
  }
  const group = { to: push.to, updates, bytes }
  return push.last ? closeGroup(receiver, group) : stay({ ...receiver, arriving: group }, ackOf(receiver))
}

const closeGroup = (receiver: Receiver, group: Held<Piece>): Step<Receiver> => {
  const updates = joined(group.updates)
  if (updates === undefined) return endWith(receiver, resync(receiver.home, 'pieces of an update that do not fit together'))
  const { waiting } = receiver
  const all = { to: group.to, updates: [...(waiting?.updates ?? []), ...updates], bytes: (waiting?.bytes ?? 0) + group.bytes }
  return startCommit({ ...receiver, arriving: undefined, waiting: all })
}

const startCommit = (receiver: Receiver): Step<Receiver> => {
  const { home, generation, cursor, waiting, committing } = receiver
  if (committing !== undefined || waiting === undefined) return stay(receiver)
  const { to, bytes, updates } = waiting
  return stay(
    { ...receiver, waiting: undefined, committing: { to, bytes } },
    { type: 'commit', home, generation, from: cursor, to, updates },
  )
}

const ackOf = ({ home, generation, cursor }: Receiver): StreamOutput => send({ type: 'ack', home, generation, sequence: cursor })
