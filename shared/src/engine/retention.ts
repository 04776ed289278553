/**
 * Sees to it that ended workflows are put away when their time has come, a few at a time (PER-7), and with them results kept for a while. The
 * turn decides about workflows; this only looks into the rows of retired.ts now and then.
 */
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { RetentionPolicy } from './config.ts'
import { dueKey } from './due-key.ts'
import type { RetireInput } from './inputs.ts'
import { ResultCache } from './result-cache.ts'
import { ARCHIVED, ENDED } from './retired.ts'

const SWEEP_MS = 60_000
/** In one turn, so that nothing else waits long for it. */
const AT_ONCE = 50

export interface RetentionParts {
  readonly policy: RetentionPolicy
  readonly clock: Clock
  readonly store: Store
  readonly retire: (input: RetireInput) => Promise<unknown>
}

export class Retention {
  readonly #parts: RetentionParts
  readonly #results: ResultCache
  #cancel: () => void = () => {}
  #closed = false

  constructor(parts: RetentionParts) {
    this.#parts = parts
    this.#results = new ResultCache(parts.store)
    this.#wait(0)
  }

  close(): void {
    this.#closed = true
    this.#cancel()
  }

  #wait(delayMs: number): void {
    if (this.#closed) return
    this.#cancel = this.#parts.clock.after(delayMs, () => {
      this.#sweep().then(
        (isFull) => this.#wait(isFull ? 0 : (this.#parts.policy.sweepMs ?? SWEEP_MS)),
        // A store that can't be read now may be read later; whoever writes to it says so louder than this could.
        () => this.#wait(SWEEP_MS),
      )
    })
  }

  /** @returns whether there may be more */
  async #sweep(): Promise<boolean> {
    const results = await this.#results.sweep(this.#parts.clock.now().wall, AT_ONCE).catch(() => 0)
    const { archiveAfterMs, eraseAfterMs, mayErase = () => true } = this.#parts.policy
    const archive = await this.#due(ENDED, archiveAfterMs)
    const erase = eraseAfterMs === undefined || !mayErase() ? [] : await this.#due(ARCHIVED, eraseAfterMs)
    if (archive.length + erase.length === 0 || this.#closed) return results === AT_ONCE
    await this.#parts.retire({ kind: 'retire', archive, erase })
    return [archive.length, erase.length, results].includes(AT_ONCE)
  }

  async #due(collection: string, afterMs: number): Promise<readonly string[]> {
    const rows = await this.#parts.store.list(collection, { limit: AT_ONCE })
    const end = dueKey(this.#parts.clock.now().wall - afterMs, '')
    return rows.map(({ key }) => key).filter((key) => key < end)
  }
}
