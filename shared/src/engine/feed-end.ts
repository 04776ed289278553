/**
 * Where, in a home's feed, the last entry stands that somebody else has to get from here. A peer's cursor may stay behind the end of the
 * feed for ever: what lies past it came from the peer itself (link/sender.ts).
 */
import { SKIPPED_ENTRIES } from '../link/index.ts'
import type { FeedEntry, Store } from '../ports/store.ts'
import { feedFrom } from './feed-walk.ts'

const FIRST_LOOK = 16

/** A peer that holds the feed up to here lacks nothing of those entries; it gets here without anything new being written. */
export const lastEntry = async (
  store: Pick<Store, 'feed' | 'feedEnd'>,
  home: string,
  counts: (entry: FeedEntry) => boolean,
): Promise<number> => {
  const end = await store.feedEnd(home)
  for (const span of [FIRST_LOOK, SKIPPED_ENTRIES]) {
    const after = Math.max(0, end - span)
    let found: number | undefined
    for await (const entry of feedFrom(store, home, after)) if (entry.sequence <= end && counts(entry)) found = entry.sequence
    if (found !== undefined) return found
    if (after === 0) return 0
  }
  return end - SKIPPED_ENTRIES
}
