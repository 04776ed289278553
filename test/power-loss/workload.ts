/** Batches as an engine writes them, drawn from a seed: some updates, some rows, now and then large ones, conditions that hold. */
import type { Batch, Put, Removal } from '@holdfast/shared/ports'
import type { Prng } from '@holdfast/shared/testing'
import { DOCUMENTS, STATUSES } from './image.ts'

const KEYS = 12
const LARGE_SHARE = 0.08
const LARGE_BYTES = 20_000
const SMALL_BYTES = 400

export class Workload {
  readonly #prng: Prng
  #drawn = 0

  constructor(prng: Prng) {
    this.#prng = prng
  }

  /** Never the same twice: each update and each row says which batch it belongs to. */
  next(): Batch {
    this.#drawn += 1
    const appends = Array.from({ length: this.#prng.between(0, 4) }, () => ({
      ...this.#document(),
      origin: 'gateway-1',
      update: Uint8Array.from({ length: this.#size() }, (_, index) => (this.#drawn + index) & 0xff),
    }))
    const keys = this.#prng.shuffle(Array.from({ length: KEYS }, (_, index) => `k${index}`)).slice(0, this.#prng.between(1, 4))
    const [removed, ...written] = keys
    const isRemoving = this.#prng.chance(0.2)
    const puts = (isRemoving ? written : keys).map((key) => this.#put(key))
    const removals: Removal[] = isRemoving && removed !== undefined ? [{ collection: 'tasks', key: removed }] : []
    return { appends, puts: [...puts, { collection: 'timers', key: 'last', value: this.#drawn }], removals, expected: new Map() }
  }

  #document(): { readonly document: string; readonly home: string } {
    const { id, home } = this.#prng.pick(DOCUMENTS)
    return { document: id, home }
  }

  #put(key: string): Put {
    const value = { status: this.#prng.pick(STATUSES), batch: this.#drawn, text: 'x'.repeat(this.#size()) }
    return { collection: 'tasks', key, value }
  }

  #size(): number {
    const small = this.#prng.between(0, SMALL_BYTES)
    const large = this.#prng.between(SMALL_BYTES, LARGE_BYTES)
    return this.#prng.chance(LARGE_SHARE) ? large : small
  }
}
