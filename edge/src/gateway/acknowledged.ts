/**
 * How far the hub has acknowledged this node's feeds, kept over restarts: so a gateway that begins while cut off says how much is
 * pending and since when (I12). It is a view, the link itself goes by the hub's welcome; so it is written at most once a second, and
 * after a crash may for a while say too much, never too little.
 */
import { CURSORS } from '@holdfast/shared/engine'
import { acknowledge, type Backlog, emptyBacklog, grow } from '@holdfast/shared/link'
import type { Clock, Store } from '@holdfast/shared/ports'
import { isJsonObject } from '@holdfast/shared/values'

const PAGE_ENTRIES = 500
const WRITE_EVERY_MS = 1_000

/** No node's name begins so. */
const keyOf = (home: string): string => `@acknowledged/${home}`

export class AcknowledgedRows {
  readonly #store: Store
  readonly #clock: Clock
  readonly #latest = new Map<string, number>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  note(home: string, sequence: number): void {
    const isArmed = this.#latest.size > 0
    this.#latest.set(home, sequence)
    if (!isArmed) this.#clock.after(WRITE_EVERY_MS, () => void this.#write())
  }

  async #write(): Promise<void> {
    const { generation } = this.#store
    const at = this.#clock.now().wall
    const rows = [...this.#latest].map(([home, sequence]) => ({
      collection: CURSORS,
      key: keyOf(home),
      value: { generation, sequence, at },
    }))
    this.#latest.clear()
    // One that fails is made good by the next: nothing but this view depends on it.
    await this.#store.commit({ appends: [], puts: rows, removals: [], expected: new Map() })
  }

  /** What a home's feed holds beyond the row. The oldest of it is hardly older than the row, which counts as its age. */
  async backlogOf(home: string, hub: string): Promise<Backlog> {
    const row = await this.#store.get(CURSORS, keyOf(home))
    const known = isJsonObject(row) && row.generation === this.#store.generation ? row : {}
    const from = typeof known.sequence === 'number' ? known.sequence : 0
    const at = typeof known.at === 'number' ? known.at : this.#clock.now().wall
    let backlog = acknowledge(emptyBacklog, from, at)
    for (let after = from; ; ) {
      const page = await this.#store.feed(home, after, PAGE_ENTRIES)
      const end = page.at(-1)?.sequence
      if (end === undefined) return backlog
      backlog = grow(backlog, { end, count: page.filter(({ origin }) => origin !== hub).length, at })
      after = end
    }
  }
}
