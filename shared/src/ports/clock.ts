import type { Instant } from '../values/instant.ts'

/**
 * Time, as a node perceives it.
 *
 * Guarantees: `monotonic` never decreases within a process; `wall` may jump either way. `after` calls back once, no earlier than
 * `delayMs` of monotonic time, never synchronously, whatever the length of the delay (a platform timer that overflows at
 * 24.8 days is re-armed by the adapter); the returned function cancels it, and is harmless when called late or twice.
 */
export interface Clock {
  now(): Instant
  after(delayMs: number, callback: () => void): () => void
}
