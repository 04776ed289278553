/**
 * Who holds how much of what there is only so much of: docks, chargers, steps at once, workflows at once. Each such thing is a pool, and
 * an attempt holds all its claims from its beginning to its end.
 *
 *   G1  All claims of a holder are taken together or none is, so nobody holds one thing while waiting for another, and no circle of
 *       waiting can close (Coffman et al., System Deadlocks, 1971: without hold-and-wait there is no deadlock).
 *   G2  The holdings are a function of who is at work: told the same holders, in any order, two ledgers are the same.
 *
 * It judges nothing when it is told of holders: what is held is a fact, also beyond a capacity that was lowered meanwhile.
 */
export interface Claim {
  readonly pool: string
  readonly amount: number
  /** How much there is of it in all. */
  readonly capacity: number
}

export interface Holder {
  readonly id: string
  /** What people know it by. */
  readonly name: string
  readonly claims: readonly Claim[]
}

export interface Holding {
  readonly id: string
  readonly name: string
  readonly amount: number
}

interface Pool {
  readonly total: number
  readonly capacity: number
  readonly holdings: Map<string, Holding>
}

export class Ledger {
  readonly #byOwner = new Map<string, readonly Holder[]>()
  readonly #pools = new Map<string, Pool>()
  readonly #overfull = new Set<string>()

  /** What an owner's holders hold now, instead of what they held before. */
  set(owner: string, holders: readonly Holder[]): void {
    for (const holder of this.#byOwner.get(owner) ?? []) this.#change(holder, -1)
    for (const holder of holders) this.#change(holder, 1)
    if (holders.length === 0) this.#byOwner.delete(owner)
    else this.#byOwner.set(owner, holders)
  }

  #change({ id, name, claims }: Holder, sign: 1 | -1): void {
    for (const { pool, amount, capacity } of claims) {
      const { holdings, total } = this.#pools.get(pool) ?? { holdings: new Map<string, Holding>(), total: 0 }
      const left = (holdings.get(id)?.amount ?? 0) + sign * amount
      if (left === 0) holdings.delete(id)
      else holdings.set(id, { id, name, amount: left })
      if (holdings.size === 0) this.#pools.delete(pool)
      else this.#pools.set(pool, { holdings, capacity, total: total + sign * amount })
      if (holdings.size > 0 && total + sign * amount > capacity) this.#overfull.add(pool)
      else this.#overfull.delete(pool)
    }
  }

  held(pool: string): number {
    return this.#pools.get(pool)?.total ?? 0
  }

  /** As whoever claimed of it last had it. */
  capacity(pool: string): number | undefined {
    return this.#pools.get(pool)?.capacity
  }

  holders(pool: string): readonly Holding[] {
    return [...(this.#pools.get(pool)?.holdings.values() ?? [])]
  }

  /** Pools of which more is held than there is: a capacity was lowered. */
  overfull(): readonly string[] {
    return [...this.#overfull]
  }

  /** The pools that somebody holds something of. */
  pools(): readonly string[] {
    return [...this.#pools.keys()]
  }
}

/**
 * One round of asking, most urgent first, over a ledger. Whoever has waited too long reserves what it needs, so that nobody less urgent
 * takes it away again and again (LIM-2, LIM-4); whoever has not may be overtaken by what fits.
 */
export class Round {
  readonly #ledger: Ledger
  /** Taken in this round and not on the ledger yet, or kept for somebody. */
  readonly #spoken = new Map<string, number>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** The first claim that can't be met now; nothing when all can. */
  lacking(claims: readonly Claim[]): Claim | undefined {
    return claims.find(({ pool, amount, capacity }) => this.#ledger.held(pool) + (this.#spoken.get(pool) ?? 0) + amount > capacity)
  }

  take(claims: readonly Claim[]): void {
    for (const { pool, amount } of claims) this.#spoken.set(pool, (this.#spoken.get(pool) ?? 0) + amount)
  }

  reserve(claims: readonly Claim[]): void {
    // What is never there must not be kept from others.
    if (claims.every(({ amount, capacity }) => amount <= capacity)) this.take(claims)
  }
}
