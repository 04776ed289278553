/**
 * A node's disk: one faulty store that outlives the node's processes. Between lives it holds what was durable.
 * `settled` tells whether the live image may be ahead of what is durable, so that checks look only at settled images.
 */

import { ENGINE_SCHEMAS } from '@holdfast/shared/engine'
import type { Clock, Store } from '@holdfast/shared/ports'
import { type FaultyStore, openFaultyStore, type StoreFaults } from '@holdfast/shared/testing'
import type { Frame } from './frame.ts'

export const delegate = (store: Store): Store => ({
  generation: store.generation,
  commit: (batch) => store.commit(batch),
  document: (id) => store.document(id),
  get: (collection, key) => store.get(collection, key),
  list: (collection, query) => store.list(collection, query),
  feed: (home, after, limit) => store.feed(home, after, limit),
  feedEnd: (home) => store.feedEnd(home),
  close: () => store.close(),
})

export class Disk {
  readonly #frame: Frame
  readonly #node: string
  #store: FaultyStore
  #clock: Clock | undefined
  #flight = { commits: 0 }

  /** @param faults read at each commit, so the world can end them */
  constructor(frame: Frame, node: string, faults: StoreFaults) {
    this.#frame = frame
    this.#node = node
    this.#store = openFaultyStore({
      schemas: ENGINE_SCHEMAS,
      generation: `${node}-1`,
      clock: {
        now: () => this.#running.now(),
        after: (delayMs, callback) => this.#running.after(delayMs, callback),
      },
      random: frame.prng.stream(`disk ${node}`),
      faults,
    })
  }

  get #running(): Clock {
    if (this.#clock === undefined) throw new TypeError(`${this.#node} has not been started`)
    return this.#clock
  }

  get settled(): boolean {
    return this.#flight.commits === 0
  }

  /** The image as it is now. */
  get store(): Store {
    return this.#store
  }

  open(clock: Clock): Store {
    this.#clock = clock
    const store = this.#store
    return { ...delegate(store), commit: (batch) => this.#commit(store, batch) }
  }

  async #commit(store: Store, batch: Parameters<Store['commit']>[0]): ReturnType<Store['commit']> {
    // A dead process may still write to the disk as it was in its life.
    const flight = store === this.#store ? this.#flight : { commits: 0 }
    flight.commits += 1
    // Before it is known to have taken effect: of one that a crash overtakes nobody hears.
    const erasing = (batch.erase ?? []).filter((id) => !this.#frame.ledger.erased.has(id))
    for (const id of erasing) this.#frame.ledger.erased.add(id)
    const done = await store.commit(batch)
    flight.commits -= 1
    const what = `${batch.appends.map(({ document, update }) => `${document.slice(0, 8)}+${update.length}`).join(' ')} ${batch.puts.length}`
    const { kernel } = this.#frame
    kernel.note(this.#node, `commit ${done.ok ? done.value.group : done.error.code}: ${what}`)
    if (!done.ok) kernel.history.count(`store ${done.error.code}`)
    if (!done.ok && done.error.code !== 'unknown-outcome') for (const id of erasing) this.#frame.ledger.erased.delete(id)
    if (batch.archive !== undefined) kernel.history.reached('archived')
    if (batch.erase !== undefined) kernel.history.reached('erased')
    return done
  }

  /** What was not synced is gone, but for some first part of it. */
  crash(): void {
    const crashed = this.#store.crash()
    this.#store = crashed.reopen()
    this.#flight = { commits: 0 }
    if (crashed.lostCommits > 0) this.#frame.kernel.history.reached('crash lost a commit')
  }
}
