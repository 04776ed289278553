/**
 * A page of a feed, around what is damaged: an entry that can't be read is passed over like one that was erased, so that one lost row
 * does not stop a line. What it held is missing at the peer then, and found by the next comparison (anti-entropy.ts).
 */
import { type FeedEntry, type Store, StoreFailure } from '../ports/store.ts'

export interface FeedPage {
  readonly entries: readonly FeedEntry[]
  /** Number of an entry that could not be read and was passed over. */
  readonly skipped?: number
}

const UNREADABLE = { document: '', origin: '', update: new Uint8Array(0) }

export const readPage = async (store: Pick<Store, 'feed'>, home: string, after: number, limit: number): Promise<FeedPage> => {
  for (let take = limit; take > 1; take = Math.ceil(take / 8)) {
    const entries = await unlessCorrupt(store.feed(home, after, take))
    if (entries !== undefined) return { entries }
  }
  const entries = await unlessCorrupt(store.feed(home, after, 1))
  if (entries !== undefined) return { entries }
  const sequence = after + 1
  return { entries: [{ ...UNREADABLE, sequence, group: sequence }], skipped: sequence }
}

const unlessCorrupt = async (read: Promise<readonly FeedEntry[]>): Promise<readonly FeedEntry[] | undefined> => {
  try {
    return await read
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.reason.code === 'corrupt') return undefined
    throw thrown
  }
}
