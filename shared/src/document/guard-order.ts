/**
 * Goes through the items of an update in an order in which each finds what it rests on, as Yjs integrates them, and judges each.
 *
 *   G4  An item waits on a stack for the one that it rests on; a blocker that waits below on the stack closes a circle, which Yjs
 *       would keep pending for ever.
 *   G2  A known item is not judged again, but must be the one that is known: Yjs looks at its origins before it finds it known, and
 *       forged ones would split text, throw half-way, or stay pending.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { type Examined, judgeItem } from './guard-roots.ts'
import type { Horizon, Spot } from './horizon.ts'
import type { ItemId, ParsedItem, Section } from './update-parts.ts'

export const PENDING = refusal('fix-request', 'pending', 'The update rests on items that are neither here nor in it.')
const BAD_ORIGIN = refusal('give-up', 'bad-origin', 'An item rests on items of different roots, on a later one, or on others than before.')

/** One client whose items are wanted, up to some clock. */
interface Want {
  readonly client: number
  readonly until: number
}

interface Queue {
  readonly items: readonly ParsedItem[]
  next: number
}

export const judgeInOrder = (examined: Examined, sections: readonly Section[]): Refusal | undefined => {
  const queues = new Map<number, Queue>(sections.map(({ client, items }) => [client, { items, next: 0 }]))
  for (const { client } of sections) {
    const refused = judgeClient(examined, queues, client)
    if (refused !== undefined) return refused
  }
  return undefined
}

const judgeClient = (examined: Examined, queues: ReadonlyMap<number, Queue>, client: number): Refusal | undefined => {
  const stack: Want[] = [{ client, until: Number.POSITIVE_INFINITY }]
  const waiting = new Set([client])
  for (let want = stack.at(-1); want !== undefined; want = stack.at(-1)) {
    const queue = queues.get(want.client)
    const item = queue?.items[queue.next]
    if (queue === undefined || item === undefined || examined.horizon.state(want.client) >= want.until) {
      waiting.delete(want.client)
      stack.pop()
      continue
    }
    const blocker = blockerOf(examined.horizon, item)
    if (blocker !== undefined) {
      if (waiting.has(blocker.client) || !reaches(queues.get(blocker.client), blocker.clock)) return PENDING
      waiting.add(blocker.client)
      stack.push({ client: blocker.client, until: blocker.clock + 1 })
      continue
    }
    const refused = judgeOne(examined, item)
    if (refused !== undefined) return refused
    queue.next += 1
  }
  return undefined
}

const reaches = (queue: Queue | undefined, clock: number): boolean => {
  const last = queue?.items.at(-1)
  return last !== undefined && last.id.clock + last.length > clock
}

/** An origin that has not been reached yet. One of the item's own client is always earlier, or wrong. */
const blockerOf = (horizon: Horizon, { id, origin, rightOrigin }: ParsedItem): ItemId | undefined => {
  if (isAhead(horizon, id, origin)) return origin
  return isAhead(horizon, id, rightOrigin) ? rightOrigin : undefined
}

const isAhead = (horizon: Horizon, { client }: ItemId, other: ItemId | undefined): boolean =>
  other !== undefined && other.client !== client && other.clock >= horizon.state(other.client)

const judgeOne = (examined: Examined, item: ParsedItem): Refusal | undefined => {
  const { horizon } = examined
  const known = horizon.state(item.id.client)
  const isKnown = item.id.clock < known
  const spot = isKnown ? knownSpot(horizon, item, known) : spotOf(horizon, item)
  if (spot === undefined) return BAD_ORIGIN
  if (item.id.clock + item.length <= known) return undefined
  const fresh = isKnown ? rest(item, known) : item
  const refused = judgeItem(examined, fresh, spot)
  if (refused === undefined) horizon.add(fresh.id, fresh.length, spot, fresh.content.kind === 'deleted')
  return refused
}

/** The part of an item that is new: Yjs hangs it on the part that is known. */
const rest = (item: ParsedItem, known: number): ParsedItem => ({
  ...item,
  id: { client: item.id.client, clock: known },
  length: item.id.clock + item.length - known,
  origin: { client: item.id.client, clock: known - 1 },
})

/** Of an item that begins known: it must be the one that is known, up to the end of what is known of it. */
const knownSpot = (horizon: Horizon, item: ParsedItem, known: number): Spot | undefined => {
  const stored = horizon.storedAt(item.id)
  if (stored === undefined || !sameId(stored.origin, item.origin) || !sameId(stored.rightOrigin, item.rightOrigin)) return undefined
  const last = horizon.spotOf({ client: item.id.client, clock: Math.min(known, item.id.clock + item.length) - 1 })
  if (last === undefined || !sameSpot(stored.spot, last)) return undefined
  return item.root === undefined || sameSpot(stored.spot, namedSpot(item.root, item.key)) ? stored.spot : undefined
}

/** The one spot that all an item names agree on. */
const spotOf = (horizon: Horizon, { id, root, key, origin, rightOrigin }: ParsedItem): Spot | undefined => {
  if (root !== undefined) return namedSpot(root, key)
  if (isNotEarlier(id, origin) || isNotEarlier(id, rightOrigin)) return undefined
  const left = origin && horizon.spotOf(origin)
  const right = rightOrigin && horizon.spotOf(rightOrigin)
  if (origin === undefined || rightOrigin === undefined) return left ?? right
  return left !== undefined && right !== undefined && sameSpot(left, right) ? left : undefined
}

const namedSpot = (root: string, key: string | undefined): Spot => ({ root, key: key ?? null })
const isNotEarlier = (id: ItemId, other: ItemId | undefined): boolean => other?.client === id.client && other.clock >= id.clock
const sameId = (a: ItemId | undefined, b: ItemId | undefined): boolean => a?.client === b?.client && a?.clock === b?.clock
const sameSpot = (a: Spot, b: Spot): boolean => a.root === b.root && a.key === b.key
