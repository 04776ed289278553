/** A Yjs V1 update as two: what it writes, and what it deletes. */
import * as Y from 'yjs'

const NOTHING_WRITTEN = 0
const NOTHING_DELETED = 0

export const splitDeletes = (update: Uint8Array): { readonly writes: Uint8Array; readonly deletes: Uint8Array | undefined } => {
  const { ds } = Y.decodeUpdate(update)
  if (ds.clients.size === 0) return { writes: update, deletes: undefined }
  const length = lengthOf(ds)
  const structs = update.subarray(0, update.length - length)
  const deleteSet = update.subarray(update.length - length)
  return { writes: concat(structs, Uint8Array.of(NOTHING_DELETED)), deletes: concat(Uint8Array.of(NOTHING_WRITTEN), deleteSet) }
}

/** Bytes that the delete set takes at the update's end; the order of its clients does not matter for that. */
const lengthOf = ({ clients }: ReturnType<typeof Y.decodeUpdate>['ds']): number => {
  const numbers = [clients.size]
  for (const [client, ranges] of clients) numbers.push(client, ranges.length, ...ranges.flatMap(({ clock, len }) => [clock, len]))
  return numbers.reduce((sum, number) => sum + varUintLength(number), 0)
}

const varUintLength = (number: number): number => (number < 128 ? 1 : 1 + varUintLength(Math.floor(number / 128)))

const concat = (one: Uint8Array, other: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(one.length + other.length)
  whole.set(one)
  whole.set(other, one.length)
  return whole
}
