/**
 * Token buckets by name: each holds at most `burst`, refills by `perSecond`, and a request takes one. Forgets the name that asked
 * longest ago when there are too many, which at worst gives that name a full bucket again.
 */
export interface RateLimit {
  readonly perSecond: number
  readonly burst: number
}

export interface Taken {
  readonly allowed: boolean
  readonly remaining: number
  /** Until the bucket holds one again; 0 when it does. */
  readonly retryAfterSeconds: number
}

const MAX_NAMES = 10_000

interface Bucket {
  readonly level: number
  readonly at: number
}

export class RateLimiter {
  readonly limit: RateLimit
  readonly #buckets = new Map<string, Bucket>()

  constructor(limit: RateLimit) {
    this.limit = limit
  }

  take(name: string, monotonicMs: number): Taken {
    const before = this.#buckets.get(name) ?? { level: this.limit.burst, at: monotonicMs }
    const refilled = Math.min(this.limit.burst, before.level + ((monotonicMs - before.at) / 1000) * this.limit.perSecond)
    const allowed = refilled >= 1
    const level = allowed ? refilled - 1 : refilled
    this.#remember(name, { level, at: monotonicMs })
    const retryAfterSeconds = level >= 1 ? 0 : Math.ceil((1 - level) / this.limit.perSecond)
    return { allowed, remaining: Math.floor(level), retryAfterSeconds }
  }

  #remember(name: string, bucket: Bucket): void {
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size <= MAX_NAMES) return
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest)
      return
    }
  }
}
