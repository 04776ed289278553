/**
 * The coordinator's leases, kept: asks the machine (consistency/grants.ts), commits what it says, and only then lets anybody know. One
 * thing after another; each reads the row first, because another coordinator on the same database may have moved it, and is committed
 * only if the row is still as it was read.
 *
 * A holder hands over by writing `handed-over` into its home's document, as its last event there; once that is here, it is acknowledged
 * by being here, and the successor is granted the next epoch.
 */
import { declareLost, type Enrolment, grantTo, handOver, type KnownLease, refuseStale, seen } from '../../consistency/grants.ts'
import type { Lease } from '../../consistency/lease.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { HandedOver } from '../roster.ts'
import { CONCURRENT, storeRefusal } from '../store-refusal.ts'
import { LEASES, leaseKey, leasePut, parseLease } from './lease-rows.ts'

export interface LeaseOfficeParts {
  readonly store: Store
  readonly clock: Clock
  /** By home. */
  readonly enrolments: ReadonlyMap<string, Enrolment>
  /** What the home's document says of handing over. */
  readonly handedOver: (home: string) => Promise<HandedOver | undefined>
  /** After the commit of a lease that moved, not of a renewal. */
  readonly onMoved: (lease: Lease) => void
}

type Next = (enrolment: Enrolment, known: KnownLease | undefined) => Promise<Result<Lease, Refusal>>

export class LeaseOffice {
  readonly #parts: LeaseOfficeParts
  readonly #known = new Map<string, KnownLease>()
  #last: Promise<unknown> = Promise.resolve()

  private constructor(parts: LeaseOfficeParts) {
    this.#parts = parts
  }

  static async open(parts: LeaseOfficeParts): Promise<LeaseOffice> {
    const office = new LeaseOffice(parts)
    for (const home of parts.enrolments.keys()) await office.#read(home)
    return office
  }

  leaseOf(home: string): Lease | undefined {
    return this.#known.get(home)?.lease
  }

  /** The highest epoch a node was ever granted. Before any grant, the first of its nodes has the first by enrolment. */
  epochGranted(home: string, node: string): number {
    const lease = this.leaseOf(home)
    if (lease !== undefined) return lease.granted[node] ?? 0
    return this.#parts.enrolments.get(home)?.nodes[0] === node ? 1 : 0
  }

  refuseStale(home: string, node: string, epoch: number): Refusal | undefined {
    return refuseStale(this.#known.get(home), home, node, epoch)
  }

  /** A node asks for its home. Whoever holds it, the answer is the lease as it now stands. */
  ask(home: string, node: string, holds: number | undefined, knowsTime = false): Promise<Result<Lease, Refusal>> {
    return this.#move(home, async (enrolment, known) => {
      const asked = grantTo(enrolment, known, holds === undefined ? { node } : { node, holds, knowsTime }, this.#now())
      if (asked.ok || asked.error.code !== 'lease-held' || known === undefined) return asked
      return ok(known.lease)
    })
  }

  declareLost(
    home: string,
    will: { readonly by: string; readonly reason: string; readonly heir?: string },
  ): Promise<Result<Lease, Refusal>> {
    return this.#move(home, async (enrolment, known) => declareLost(enrolment, known, will, this.#now()))
  }

  /** Something was written into the home's document: perhaps that it is handed over. */
  look(home: string): Promise<Result<Lease, Refusal>> {
    return this.#move(home, async (_enrolment, known) => (known === undefined ? err(NOBODY) : ok(known.lease)))
  }

  #move(home: string, next: Next): Promise<Result<Lease, Refusal>> {
    const enrolment = this.#parts.enrolments.get(home)
    if (enrolment === undefined)
      return Promise.resolve(err(refusal('fix-request', 'unknown-facility', `No facility named ${home} is known here.`)))
    return this.#inTurn(async () => {
      let moved = await this.#tryToMove(enrolment, next)
      while (!moved.ok && moved.error.code === CONCURRENT) moved = await this.#tryToMove(enrolment, next)
      return moved
    })
  }

  async #tryToMove(enrolment: Enrolment, next: Next): Promise<Result<Lease, Refusal>> {
    await this.#read(enrolment.home)
    const handed = await this.#passOn(enrolment)
    if (handed !== undefined) return err(handed)
    const moved = await next(enrolment, this.#known.get(enrolment.home))
    return moved.ok ? this.#keep(moved.value) : moved
  }

  async #passOn(enrolment: Enrolment): Promise<Refusal | undefined> {
    const { home } = enrolment
    const said = await this.#parts.handedOver(home)
    const lease = this.leaseOf(home)
    if (said === undefined || lease === undefined || lease.vacant || said.epoch !== lease.epoch) return undefined
    const next = handOver(enrolment, this.#known.get(home), { ...said, from: lease.holder }, this.#now())
    if (!next.ok) return next.error
    const kept = await this.#keep(next.value)
    return kept.ok ? undefined : kept.error
  }

  async #keep(lease: Lease): Promise<Result<Lease, Refusal>> {
    const before = this.leaseOf(lease.home)
    if (before === lease) return ok(lease)
    // Another coordinator may have moved it since it was read, and an epoch is granted once.
    const believed = [{ ...leaseKey(lease.home), value: before === undefined ? undefined : leasePut(before).value }]
    const done = await this.#parts.store.commit({ appends: [], puts: [leasePut(lease)], removals: [], expected: new Map(), believed })
    if (!done.ok) return err(storeRefusal(done.error))
    this.#known.set(lease.home, { lease, seenAt: this.#now().monotonic })
    if (before?.epoch !== lease.epoch || before.vacant !== lease.vacant) this.#parts.onMoved(lease)
    return ok(lease)
  }

  /** Takes in what other coordinators have granted; who asks them is told by them, who is connected here is told from here. */
  async refresh(): Promise<void> {
    for (const { value } of await this.#parts.store.list(LEASES, { limit: Number.POSITIVE_INFINITY })) {
      const lease = parseLease(value)
      const before = lease && this.leaseOf(lease.home)
      if (lease === undefined || (before !== undefined && isOlder(lease, before))) continue
      const known = seen(this.#known.get(lease.home), lease, this.#now())
      if (known !== undefined) this.#known.set(lease.home, known)
      if (before?.epoch !== lease.epoch || before.vacant !== lease.vacant) this.#parts.onMoved(lease)
    }
  }

  async #read(home: string): Promise<void> {
    const known = seen(this.#known.get(home), parseLease(await this.#parts.store.get(LEASES, home)), this.#now())
    if (known !== undefined) this.#known.set(home, known)
  }

  #now(): ReturnType<Clock['now']> {
    return this.#parts.clock.now()
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act)
    this.#last = turn.catch(() => undefined)
    return turn
  }
}

const isOlder = (one: Lease, other: Lease): boolean =>
  one.epoch < other.epoch || (one.epoch === other.epoch && one.renewals < other.renewals)

const NOBODY = refusal('retry-later', 'not-held', 'Nobody holds it.')
