/** Does a home's feed hold anything that a peer has not got, by the cursor it names? What it sent itself is not counted. */
import type { Store } from '../../ports/store.ts'
import type { PeerCursor } from '../cursors.ts'

const PAGE_ENTRIES = 500

export const lacks = async (store: Store, home: string, peer: string, held: PeerCursor | undefined): Promise<boolean> => {
  for (let after = held?.generation === store.generation ? held.sequence : 0; ; ) {
    const page = await store.feed(home, after, PAGE_ENTRIES)
    if (page.some(({ origin, update }) => origin !== peer && update.length > 0)) return true
    const last = page.at(-1)
    if (last === undefined) return false
    after = last.sequence
  }
}
