/**
 * A group of updates as pushes, and back.
 *
 *   P1  A push's updates stay near PUSH_BYTES; an update longer than that is cut into pieces, all but the last marked `more`.
 *   P2  A push's `to` is the last update that is complete within it; the last push's `to` is the group's end.
 *   P3  joined(pieces of split(updates)) = updates.
 */
import type { FeedUpdate } from './exchange.ts'
import { PUSH_BYTES, UPDATE_OVERHEAD_BYTES } from './limits.ts'
import type { Piece } from './messages/index.ts'

export interface Parcel {
  readonly from: number
  readonly to: number
  readonly last: boolean
  readonly updates: readonly Piece[]
}

/** A group's updates as parcels, at least one: an empty group still moves the receiver from `from` to `to`. */
export const split = (updates: readonly FeedUpdate[], from: number, to: number): readonly Parcel[] => {
  const parcels: Parcel[] = []
  const loads = packed(updates.flatMap(cut))
  let start = from
  for (const [index, load] of loads.entries()) {
    const last = index === loads.length - 1
    const end = last ? to : lastComplete(load, start)
    parcels.push({ from: start, to: end, last, updates: load })
    start = end
  }
  return parcels
}

/** The updates that pieces make up, or undefined when they do not fit together. */
export const joined = (pieces: readonly Piece[]): readonly FeedUpdate[] | undefined => {
  const updates: FeedUpdate[] = []
  let open: Piece[] = []
  for (const piece of pieces) {
    const first = open[0] ?? piece
    if (piece.sequence !== first.sequence || piece.document !== first.document) return undefined
    open.push(piece)
    if (piece.more) continue
    updates.push({ document: piece.document, sequence: piece.sequence, update: concatenated(open) })
    open = []
  }
  return open.length === 0 ? updates : undefined
}

export const costOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + piece.update.length + UPDATE_OVERHEAD_BYTES, 0)

const cut = ({ document, sequence, update }: FeedUpdate): readonly Piece[] => {
  const pieces: Piece[] = []
  let start = 0
  do {
    const end = Math.min(start + PUSH_BYTES, update.length)
    pieces.push({ document, sequence, update: update.subarray(start, end), more: end < update.length })
    start = end
  } while (start < update.length)
  return pieces
}

const packed = (pieces: readonly Piece[]): readonly (readonly Piece[])[] => {
  const loads: Piece[][] = []
  let load: Piece[] = []
  let bytes = 0
  for (const piece of pieces) {
    load.push(piece)
    bytes += costOf([piece])
    if (bytes < PUSH_BYTES) continue
    loads.push(load)
    load = []
    bytes = 0
  }
  return load.length > 0 || loads.length === 0 ? [...loads, load] : loads
}

const lastComplete = (load: readonly Piece[], otherwise: number): number => load.findLast((piece) => !piece.more)?.sequence ?? otherwise

const concatenated = (pieces: readonly Piece[]): Uint8Array => {
  const only = pieces.length === 1 ? pieces[0] : undefined
  if (only !== undefined) return only.update
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.update.length, 0))
  let at = 0
  for (const { update } of pieces) {
    whole.set(update, at)
    at += update.length
  }
  return whole
}
