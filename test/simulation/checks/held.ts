/**
 * I3 across a link: of a peer's feed a node holds exactly the first part that its cursor names, update for update, leaving out what came from
 * the node itself; and the peer still has that part. So no gap, no fork, no group in part. One commit of the holder may take several of the
 * peer's groups, and puts what belongs to one document together, so order is compared within each document.
 */
import { CURSORS } from '@holdfast/shared/engine'
import type { FeedEntry } from '@holdfast/shared/ports'
import { assertInvariant } from '@holdfast/shared/testing'
import { isJsonObject } from '@holdfast/shared/values'
import type { EngineHost } from '../world/engine-host.ts'
import type { World } from '../world/world.ts'

const ALL = Number.MAX_SAFE_INTEGER

export const checkHeld = async (world: World, holder: EngineHost, peer: EngineHost, home: string): Promise<void> => {
  // While a commit is in flight, rows are ahead of the feed.
  if (!holder.disk.settled) return
  const row = await holder.disk.store.get(CURSORS, `${peer.name}/${home}`)
  const cursor = isJsonObject(row) && typeof row.sequence === 'number' ? row.sequence : 0
  const feed = await peer.disk.store.feed(home, 0, ALL)
  const where = { holder: holder.name, peer: peer.name, home, cursor, feed: feed.length }
  assertInvariant('I3 a peer keeps what others hold of it', cursor <= feed.length, () => where)
  const promised = world.frame.ledger.acks.get(`${holder.name} ${peer.name}/${home}`) ?? 0
  assertInvariant('I1 what a peer acknowledged it holds', cursor >= promised, () => ({ ...where, promised }))
  // Of an erased document nothing is held but its places, and what comes late is refused.
  const stands = ({ document }: FeedEntry): boolean => !world.frame.ledger.erased.has(document)
  const theirs = feed.slice(0, cursor).filter((entry) => entry.origin !== holder.name && stands(entry))
  const held = (await holder.disk.store.feed(home, 0, ALL)).filter((entry) => entry.origin === peer.name && stands(entry))
  const differs = firstDifference(byDocument(theirs), byDocument(held))
  assertInvariant('I3 what is held is what the cursor names', differs === undefined, () => ({ ...where, at: differs ?? 0 }))
}

/** Sorting is stable: within a document the order stays. */
const byDocument = (entries: readonly FeedEntry[]): readonly FeedEntry[] =>
  entries.toSorted((one, other) => (one.document < other.document ? -1 : one.document > other.document ? 1 : 0))

const firstDifference = (one: readonly FeedEntry[], other: readonly FeedEntry[]): number | undefined => {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) if (!same(one[index], other[index])) return index
  return undefined
}

const same = (one: FeedEntry | undefined, other: FeedEntry | undefined): boolean =>
  one?.document === other?.document &&
  one?.update.length === other?.update.length &&
  (one?.update.every((byte, index) => byte === other?.update[index]) ?? false)
