/**
 * What of a home each child is sent (SYN-13): all of it, unless it names its interests; then the home's own document and
 *
 *   what it holds                 every update
 *   what it wants and lacks       at its first update from now on, the whole document in its place; all before is passed over
 *   anything else                 nothing: passed over, as what came from the child itself is
 *
 * So a child's cursor moves over the whole feed, and a reconnect costs what changed. What a child wants and nothing happens to is nudged:
 * an update that says nothing takes its turn in the feed.
 */

import type { Interest } from '../link/index.ts'
import type { FeedEntry, Store } from '../ports/store.ts'
import { homeDocumentOf } from '../values/ids.ts'
import { ASKED, isAskedRow } from './asked.ts'
import { rowsOf, unlessDamaged } from './rows.ts'
import { copyOf } from './scan.ts'

interface Wish {
  readonly documents: ReadonlySet<string>
  readonly queues: ReadonlySet<string>
  readonly held: Set<string>
}

export class Interests {
  readonly #store: Store
  /** By peer, then by home; a peer without any is sent all. */
  readonly #wishes = new Map<string, ReadonlyMap<string, Wish>>()

  constructor(store: Store) {
    this.#store = store
  }

  admit(peer: string, interests: readonly Interest[] | undefined): void {
    if (interests === undefined) this.#wishes.delete(peer)
    else this.#wishes.set(peer, new Map(interests.map((each) => [each.home, wishOf(each)])))
  }

  /** What came from the peer, it has. */
  holds(peer: string, home: string, documents: readonly string[]): void {
    const held = this.#wishes.get(peer)?.get(home)?.held
    for (const document of documents) held?.add(document)
  }

  async entriesFor(peer: string, home: string, entries: readonly FeedEntry[]): Promise<readonly FeedEntry[]> {
    const wishes = this.#wishes.get(peer)
    if (wishes === undefined) return entries
    const wish = wishes.get(home)
    const all: FeedEntry[] = []
    for (const entry of entries) all.push(await this.#entryFor(peer, home, wish, entry))
    return all
  }

  /** Documents that the peer wants and does not hold. */
  async lacking(peer: string, home: string): Promise<readonly string[]> {
    const wish = this.#wishes.get(peer)?.get(home)
    if (wish === undefined) return []
    const wanted = new Set(wish.documents)
    if (wish.queues.size > 0) {
      for await (const { key, value } of rowsOf(this.#store, ASKED))
        if (isAskedRow(value) && value.facility === home && isAskedIn(value, wish)) wanted.add(key)
    }
    return [...wanted].filter((document) => !wish.held.has(document))
  }

  async #entryFor(peer: string, home: string, wish: Wish | undefined, entry: FeedEntry): Promise<FeedEntry> {
    const { document } = entry
    if (entry.origin === peer || document === homeDocumentOf(home) || wish?.held.has(document) === true) return entry
    const passedOver = { ...entry, origin: peer }
    if (wish === undefined || !(await this.#isWanted(wish, document))) return passedOver
    const copy = await copyOf(this.#store, document)
    if (copy === undefined || copy === 'damaged') return passedOver
    wish.held.add(document)
    return { ...entry, update: copy.replica.encode() }
  }

  async #isWanted(wish: Wish, document: string): Promise<boolean> {
    if (wish.documents.has(document)) return true
    const row = wish.queues.size === 0 ? undefined : await unlessDamaged(this.#store.get(ASKED, document))
    return isAskedRow(row) && isAskedIn(row, wish)
  }
}

const isAskedIn = ({ items }: { readonly items: readonly { readonly queue?: string }[] }, { queues }: Wish): boolean =>
  items.some(({ queue }) => queue !== undefined && queues.has(queue))

const wishOf = ({ documents, queues, held }: Interest): Wish => ({
  documents: new Set(documents),
  queues: new Set(queues),
  held: new Set(held),
})
