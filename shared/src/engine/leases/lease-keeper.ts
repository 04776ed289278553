/**
 * A gateway's authority, kept: what it believes to hold, asked for again in time, and acted upon. The machine is consistency/holder.ts.
 *
 *        ask ──▶ reply names this node ─────────────▶ hold: all of the hub's feed here? ─▶ row ─▶ taken up
 *         ▲                    another ─────────────▶ follow: row ─▶ let go
 *         ╰── after a while, at each session, and when the hub says that something moved
 *
 *   K1  What is held is durable here before anything is decided under it.
 *   K2  A new epoch is taken up only when everything is here that the hub held when it was granted: nothing acknowledged is cut off.
 *   K3  Whoever follows decides nothing, offers nothing and calls nothing, from the moment it knows.
 *   K4  When a timed lease runs out, agents are sent away: the leases of their tasks, not renewed any more, end before anybody else
 *       offers these tasks again.
 */
import type { Authorities, Standing } from '../../consistency/authorities.ts'
import { endsAt, following, granted, type Holder, renewalDueAt, standingOf } from '../../consistency/holder.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { Instant } from '../../values/instant.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, type Result } from '../../values/result.ts'
import type { LinkCaller } from '../call-desk.ts'
import type { PeerCursor } from '../cursors.ts'
import { ASK_LEASE, holderKey, holderOf, holderPut, type LeaseReply, parseLeaseReply } from './lease-rows.ts'

export interface LeaseKeeperParts {
  readonly store: Store
  readonly clock: Clock
  readonly node: string
  readonly home: string
  /** Not the home's first node: it begins without an epoch. */
  readonly standby: boolean
}

/** What the keeper moves when it moves. */
export interface Tenure {
  /** How far the hub's feed of the home is held here. */
  held(): PeerCursor | undefined
  takeUp(): void
  /** The lease has run out, and may be renewed: whoever works under it has to stop looking here. */
  pause(): void
  letGo(): void
}

/** `not yet`: granted, but something the hub had by then is not here. */
type Asked = 'settled' | 'not yet' | 'unanswered'

/** Between two questions while nothing has to be renewed. */
const ASK_EVERY_MS = 5_000
const AGAIN_MS = 100
const CALL_TIMEOUT_MS = 5_000

export class LeaseKeeper implements Authorities {
  readonly homes: ReadonlySet<string>
  readonly #parts: LeaseKeeperParts
  #holder: Holder
  #leaving = false
  #caller: LinkCaller | undefined
  #tenure: Tenure | undefined
  #asking = false
  #askAgain = false
  #cancel: () => void = () => {}
  #cancelEnd: () => void = () => {}
  #closed = false

  private constructor(parts: LeaseKeeperParts, holder: Holder) {
    this.#parts = parts
    this.#holder = holder
    this.homes = new Set([parts.home])
  }

  static async open(parts: LeaseKeeperParts): Promise<LeaseKeeper> {
    const row = await parts.store.get('node', holderKey(parts.home))
    return new LeaseKeeper(parts, holderOf(parts.home, row, parts.standby))
  }

  // ── Authorities ──

  readonly isAuthority = (home: string): boolean => home === this.#parts.home && this.#holder.holding

  readonly epochOf = (home: string): number => (home === this.#parts.home ? this.#holder.epoch : 0)

  /** By this node's clock as it is, and not by the engine's: that runs slower for a while where the wall clock was set back. */
  readonly standing = (home: string): Standing => {
    const now = this.#parts.clock.now()
    if (home === this.#parts.home && this.#leaving) return LEAVING
    return home === this.#parts.home ? standingOf(this.#holder, now) : standingOf({ ...this.#holder, home, holding: false }, now)
  }

  readonly heard = (home: string, epoch: number): void => {
    if (home !== this.#parts.home || epoch <= this.#holder.epoch) return
    void this.#follow(following(this.#holder, epoch))
    this.askSoon()
  }

  get holder(): Holder {
    return this.#holder
  }

  // ── its life ──

  /** Begins to ask. A node without a hub asks nobody and keeps what enrolment gave it. */
  start(caller: LinkCaller, tenure: Tenure): void {
    this.#caller = caller
    this.#tenure = tenure
    this.askSoon()
  }

  close(): void {
    this.#closed = true
    this.#cancel()
    this.#cancelEnd()
  }

  /** The line is there again, or something moved at the hub. */
  readonly askSoon = (): void => {
    if (this.#closed || this.#caller === undefined) return
    if (this.#asking) this.#askAgain = true
    else void this.#ask()
  }

  /** From now on nothing is decided. */
  leave(): void {
    this.#leaving = true
  }

  /** Gives the home up with what `write` makes durable, this node's own belief among it; if that fails, all is as before. */
  async giveUp(epoch: number, write: () => Promise<Result<unknown, Refusal>>): Promise<Result<unknown, Refusal>> {
    const before = this.#holder
    this.#leaving = false
    if (!before.holding || before.epoch !== epoch) return err(MOVED)
    // First, so that nothing else gets in between the last event and the end.
    this.#holder = following(before)
    const written = await write()
    if (written.ok) this.#tenure?.letGo()
    else if (this.#holder.epoch === before.epoch) this.#holder = before
    return written
  }

  async #ask(): Promise<void> {
    this.#asking = true
    this.#cancel()
    const outcome = await this.#askOnce()
    this.#asking = false
    this.#askLater(outcome)
  }

  async #askOnce(): Promise<Asked> {
    const { home, clock } = this.#parts
    const sentAt = clock.now()
    const feed = this.#tenure?.held()
    const { holding: holds, epoch, holdover } = this.#holder
    const body = {
      ...(holds ? { holds: epoch, knowsTime: holdover.kind === 'timed' } : {}),
      ...(feed === undefined ? {} : { feed: { ...feed } }),
    }
    const answered = await this.#caller?.call(home, ASK_LEASE, body, CALL_TIMEOUT_MS)
    const reply = answered?.ok ? parseLeaseReply(answered.value) : undefined
    if (reply === undefined) return 'unanswered'
    return (await this.#heard(reply, sentAt)) ? 'settled' : 'not yet'
  }

  #askLater(asked: Asked): void {
    if (this.#closed) return
    const dueAt = renewalDueAt(this.#holder)
    const dueMs = dueAt === undefined ? this.#idleMs() : Math.max(0, dueAt - this.#parts.clock.now().monotonic)
    const laterMs = asked === 'settled' ? dueMs : asked === 'not yet' ? AGAIN_MS : Math.max(AGAIN_MS, Math.min(dueMs, ASK_EVERY_MS))
    const waitMs = this.#askAgain ? 0 : laterMs
    this.#askAgain = false
    this.#cancel = this.#parts.clock.after(waitMs, () => void this.#ask())
  }

  /** Whoever follows a timed lease asks often enough to take over soon after it ran out. */
  #idleMs(): number {
    const { holdover } = this.#holder
    return holdover.kind === 'timed' ? Math.min(ASK_EVERY_MS, holdover.durationMs / 4) : ASK_EVERY_MS
  }

  async #heard({ lease, lacks }: LeaseReply, sentAt: Instant): Promise<boolean> {
    const before = this.#holder
    if (lease.holder !== this.#parts.node || lease.vacant) {
      if (!before.holding || lease.epoch >= before.epoch)
        await this.#follow({ ...following(before, lease.epoch), holdover: lease.holdover })
      return true
    }
    // What was handed over is not taken back by an answer that had not heard of it.
    if (!before.holding && (lacks || lease.epoch === before.epoch)) return false
    return this.#hold(granted(before, lease.epoch, lease.holdover, sentAt))
  }

  async #hold(next: Holder): Promise<boolean> {
    const before = this.#holder
    const isNews = !before.holding || before.epoch !== next.epoch || before.holdover.kind !== next.holdover.kind
    if (isNews && !(await this.#write(next))) return false
    this.#holder = next
    this.#watchEnd()
    if (!before.holding) this.#tenure?.takeUp()
    return true
  }

  /** Looked at again a moment later, because a timer may ring early by the other clock. */
  #watchEnd(): void {
    const { clock, home } = this.#parts
    const end = endsAt(this.#holder)
    this.#cancelEnd()
    if (end === undefined || !this.#holder.holding) return
    const now = clock.now()
    if (!this.standing(home).mayDecide) return this.#tenure?.pause()
    this.#cancelEnd = clock.after(Math.max(1, end - now.monotonic), () => this.#watchEnd())
  }

  async #follow(next: Holder): Promise<void> {
    const before = this.#holder
    this.#holder = next
    if (before.holding || before.epoch !== next.epoch || before.holdover.kind !== next.holdover.kind) await this.#write(next)
    if (before.holding) this.#tenure?.letGo()
  }

  async #write(holder: Holder): Promise<boolean> {
    const done = await this.#parts.store.commit({ appends: [], puts: [holderPut(holder)], removals: [], expected: new Map() })
    return done.ok
  }
}

const MOVED = refusal('give-up', 'stale-epoch', 'The epoch that was to be handed over has ended meanwhile.')

const LEAVING: Standing = {
  mayDecide: false,
  refusal: refusal('retry-later', 'handing-over', 'This node is handing its home over; ask again in a moment.'),
}
