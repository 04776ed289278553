/**
 * Outputs of calls without effect, kept for a while (EX-13).
 *
 *   results       hash of ⟨definition, step, input⟩ → the output, and the moment it expires
 *   results-due   ⟨when one expires⟩ ⟨its hash⟩, to be swept by; out of date where a later output has taken its place
 *
 * Losing a row costs one call, so neither a failed read nor a failed write is anybody's concern.
 */
import type { Put, Removal, Store } from '../ports/store.ts'
import { sha256Hex } from '../values/hash.ts'
import { canonicalJson, isJsonObject, type Json } from '../values/json.ts'
import type { WantedCall } from '../workflow/want.ts'
import { dueKey, idIn } from './due-key.ts'

export const RESULTS = 'results'
export const RESULTS_DUE = 'results-due'

export class ResultCache {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async find(call: WantedCall, wallNow: number): Promise<{ readonly output: Json } | undefined> {
    if (call.cached === undefined) return undefined
    const row = await this.#store.get(RESULTS, keyOf(call)).catch(() => undefined)
    return isCurrent(row, wallNow) ? { output: row.output } : undefined
  }

  async keep(call: WantedCall, output: Json, wallNow: number): Promise<void> {
    if (call.cached === undefined) return
    const key = keyOf(call)
    const expiresAt = wallNow + call.cached.ttlMs
    await this.#commit(
      [
        { collection: RESULTS, key, value: { output, expiresAt } },
        { collection: RESULTS_DUE, key: dueKey(expiresAt, key), value: {} },
      ],
      [],
    )
  }

  /** Removes what has expired, at most so many. @returns how many rows were looked at */
  async sweep(wallNow: number, limit: number): Promise<number> {
    const end = dueKey(wallNow + 1, '')
    const due = (await this.#store.list(RESULTS_DUE, { limit })).filter(({ key }) => key < end)
    const removals: Removal[] = []
    for (const { key } of due) {
      removals.push({ collection: RESULTS_DUE, key })
      const row = await this.#store.get(RESULTS, idIn(key)).catch(() => undefined)
      if (!isCurrent(row, wallNow)) removals.push({ collection: RESULTS, key: idIn(key) })
    }
    if (removals.length > 0) await this.#commit([], removals)
    return due.length
  }

  async #commit(puts: readonly Put[], removals: readonly Removal[]): Promise<void> {
    await this.#store.commit({ appends: [], puts, removals, expected: new Map() }).catch(() => undefined)
  }
}

interface KeptResult {
  readonly output: Json
  readonly expiresAt: number
}

const isCurrent = (row: Json | undefined, wallNow: number): row is Json & KeptResult =>
  isJsonObject(row) && row.output !== undefined && typeof row.expiresAt === 'number' && row.expiresAt > wallNow

const keyOf = ({ cached, input }: WantedCall): string => sha256Hex(canonicalJson([cached?.by ?? '', input]))
