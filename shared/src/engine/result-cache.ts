/**
 * Outputs of calls without effect, kept for a while: a row for each ⟨definition, step, input⟩ with the moment it expires (EX-13).
 *
 * Losing a row costs one call, so neither a failed read nor a failed write is anybody's concern. An expired row is overwritten by the next output.
 */
import type { Store } from '../ports/store.ts'
import { sha256Hex } from '../values/hash.ts'
import { canonicalJson, isJsonObject, type Json } from '../values/json.ts'
import type { WantedCall } from '../workflow/want.ts'

export const RESULTS = 'results'

export class ResultCache {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async find(call: WantedCall, wallNow: number): Promise<{ readonly output: Json } | undefined> {
    if (call.cached === undefined) return undefined
    const row = await this.#store.get(RESULTS, keyOf(call)).catch(() => undefined)
    if (!isJsonObject(row) || typeof row.expiresAt !== 'number' || row.expiresAt <= wallNow) return undefined
    return { output: row.output ?? null }
  }

  async keep(call: WantedCall, output: Json, wallNow: number): Promise<void> {
    if (call.cached === undefined) return
    const value = { output, expiresAt: wallNow + call.cached.ttlMs }
    const put = { collection: RESULTS, key: keyOf(call), value }
    await this.#store.commit({ appends: [], puts: [put], removals: [], expected: new Map() }).catch(() => undefined)
  }
}

const keyOf = ({ cached, input }: WantedCall): string => sha256Hex(canonicalJson([cached?.by ?? '', input]))
