/**
 * How far each peer has acknowledged this node's feeds, kept over restarts: so a node that begins while cut off says how much is
 * pending and since when (I12). It is a view, the link itself goes by what the peer says it holds; so it is written at most once a
 * second, and after a crash may for a while say too much, never too little.
 */
import { acknowledge, type Backlog, emptyBacklog, grow } from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { FeedEntry, Store } from '../ports/store.ts'
import { isJsonObject } from '../values/json.ts'
import { CURSORS } from './cursors.ts'
import { readPage } from './feed-reading.ts'

const PAGE_ENTRIES = 500
const WRITE_EVERY_MS = 1_000

/** No node's name begins so. */
const keyOf = (peer: string, home: string): string => `@acknowledged/${peer}/${home}`

export class AcknowledgedRows {
  readonly #store: Store
  readonly #clock: Clock
  readonly #latest = new Map<string, number>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  note(peer: string, home: string, sequence: number): void {
    const isArmed = this.#latest.size > 0
    this.#latest.set(keyOf(peer, home), sequence)
    if (!isArmed) this.#clock.after(WRITE_EVERY_MS, () => void this.#write())
  }

  async #write(): Promise<void> {
    const { generation } = this.#store
    const at = this.#clock.now().wall
    const rows = [...this.#latest].map(([key, sequence]) => ({
      collection: CURSORS,
      key,
      value: { generation, sequence, at },
    }))
    this.#latest.clear()
    // One that fails is made good by the next: nothing but this view depends on it.
    await this.#store.commit({ appends: [], puts: rows, removals: [], expected: new Map() })
  }

  /** What a home's feed holds beyond the row. The oldest of it is hardly older than the row, which counts as its age. */
  async backlogOf(peer: string, home: string): Promise<Backlog> {
    const { from, at } = await this.#rowOf(peer, home)
    let backlog = acknowledge(emptyBacklog, from, at)
    for await (const page of this.#beyond(home, from)) {
      const end = page.at(-1)?.sequence ?? from
      backlog = grow(backlog, { end, count: page.filter(({ origin }) => origin !== peer).length, at })
    }
    return backlog
  }

  /** The documents of which the peer may lack something. */
  async pendingDocuments(peer: string, home: string): Promise<ReadonlySet<string>> {
    const { from } = await this.#rowOf(peer, home)
    const documents = new Set<string>()
    for await (const page of this.#beyond(home, from)) for (const { document, origin } of page) if (origin !== peer) documents.add(document)
    return documents
  }

  async #rowOf(peer: string, home: string): Promise<{ readonly from: number; readonly at: number }> {
    const row = await this.#store.get(CURSORS, keyOf(peer, home))
    const known = isJsonObject(row) && row.generation === this.#store.generation ? row : {}
    const from = typeof known.sequence === 'number' ? known.sequence : 0
    return { from, at: typeof known.at === 'number' ? known.at : this.#clock.now().wall }
  }

  async *#beyond(home: string, from: number): AsyncGenerator<readonly FeedEntry[]> {
    for (let after = from; ; ) {
      const { entries: page } = await readPage(this.#store, home, after, PAGE_ENTRIES)
      const end = page.at(-1)?.sequence
      if (end === undefined) return
      yield page
      after = end
    }
  }
}
