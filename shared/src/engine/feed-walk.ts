/** A home's feed from a place on, entry by entry, around what is damaged (feed-reading.ts). */
import type { FeedEntry, Store } from '../ports/store.ts'
import { readPage } from './feed-reading.ts'

const PAGE_ENTRIES = 500

export async function* feedFrom(store: Pick<Store, 'feed'>, home: string, from: number): AsyncGenerator<FeedEntry> {
  for (let after = from; ; ) {
    const { entries } = await readPage(store, home, after, PAGE_ENTRIES)
    yield* entries
    const last = entries.at(-1)
    if (last === undefined) return
    after = last.sequence
  }
}
