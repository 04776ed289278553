/**
 * The parent's end of the link for all its children: one session for each, and what each lacks, also while it is away. The same for a
 * coordinator and its gateways, and for a gateway and its tablets.
 *
 *   accept ──▶ session (hub-loop.ts) ──live──▶ … ──ended──▶ awaited: growth is still counted (backlog-book.ts), the last error kept
 *
 * A child that dials again ends its older session, because a half-open one may linger. Doesn't know about sockets and tokens: its shell
 * says who has connected.
 */
import type { LinkCondition, MayFollow, Timing } from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Connection, ConnectionHandlers } from '../ports/transport.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import { BacklogBook } from './backlog-book.ts'
import type { CallHandlers, LinkCaller } from './call-desk.ts'
import type { Committed } from './committed.ts'
import { HubLoop } from './hub-loop.ts'
import { type LinkedEngine, LinkPort } from './link-port.ts'

/** A node enrolled here, and the homes it may speak for. */
export interface Child {
  readonly node: string
  readonly homes: readonly string[]
  /** What of them it may hold; without it, all. */
  readonly mayFollow?: MayFollow
}

export interface HubParts {
  readonly node: string
  readonly engine: LinkedEngine
  readonly store: Store
  readonly clock: Clock
  readonly timing: Timing
  readonly children: readonly Child[]
  /** Of several that may speak for a home, the one that does at this moment. */
  readonly speakerOf?: (home: string) => string | undefined
  /** Answers to the children's calls, by kind. */
  readonly handlers?: CallHandlers
  /** Called when a child came, went, or was heard for the first time in a session. */
  readonly onChange?: (node: string) => void
}

export interface ChildCondition extends LinkCondition {
  readonly state: 'live' | 'awaited'
  /** Wall clock. */
  readonly lastHeardAt: number | undefined
}

const GROWTH_RETRY_MS = 1_000

interface Known {
  session?: HubLoop
  liveSince?: number
  heardAt?: number
  lastError?: { readonly reason: Refusal; readonly at: number }
}

export class Hub implements LinkCaller {
  readonly #parts: HubParts
  readonly #port: LinkPort
  readonly #book: BacklogBook
  readonly #known: ReadonlyMap<string, Known>
  readonly #stopListening: () => void

  /** Without a book it counts from now on: what its children lacked before, it does not say. */
  constructor(parts: HubParts, book = new BacklogBook(parts.store, parts.clock)) {
    this.#parts = parts
    this.#port = new LinkPort(parts.engine, parts.store, parts.clock)
    this.#book = book
    this.#known = new Map(parts.children.map(({ node }) => [node, {}]))
    this.#stopListening = parts.engine.onCommitted((committed) => this.#committed(committed))
  }

  static async open(parts: HubParts): Promise<Hub> {
    return new Hub(parts, await BacklogBook.open(parts.store, parts.clock, parts.children))
  }

  accept(child: Child, connection: Connection): ConnectionHandlers {
    const session = this.#begin(child, this.#of(child.node), connection)
    return { onMessage: (bytes) => session.received(bytes), onClose: (code, reason) => session.closed(code, reason) }
  }

  /** Asks the child that speaks for the home; where that is not known, the first that is connected and may. */
  async call(home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    const known = this.#parts.speakerOf?.(home)
    if (known !== undefined) return this.callNode(known, home, kind, body, timeoutMs)
    const speakers = this.#parts.children.filter(({ homes }) => homes.includes(home))
    const speaker = speakers.find(({ node }) => this.condition(node).state === 'live')
    return this.callNode(speaker?.node ?? '', home, kind, body, timeoutMs)
  }

  /** Asks one child. */
  async callNode(node: string, home: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    const session = this.#known.get(node)?.session
    return session === undefined ? err(notConnected(home)) : session.call(home, kind, body, timeoutMs)
  }

  condition(node: string): ChildCondition {
    const { session, heardAt, liveSince, lastError } = this.#of(node)
    const { clock, timing } = this.#parts
    const now = clock.now()
    const status = session?.status
    const isLive = status?.state === 'live'
    const hasLived = isLive && liveSince !== undefined && now.monotonic - liveSince >= timing.silenceMs
    return {
      state: isLive ? 'live' : 'awaited',
      ...this.#book.of(node, now.wall, (home) => session?.settledUpTo(home)),
      lastError: lastError && !hasLived ? { reason: lastError.reason, agoMs: Math.max(0, now.wall - lastError.at) } : undefined,
      nextTryInMs: undefined,
      waitingMs: status?.waitingMs,
      lastHeardAt: heardAt,
    }
  }

  close(): void {
    this.#stopListening()
    for (const { session } of this.#known.values()) session?.stop()
  }

  #of(node: string): Known {
    const known = this.#known.get(node)
    if (known === undefined) throw new RangeError(`${node} is not enrolled at this hub`)
    return known
  }

  #begin({ node, homes, mayFollow }: Child, known: Known, connection: Connection): HubLoop {
    const { clock, timing, handlers, node: hub } = this.#parts
    const older = known.session
    delete known.session
    delete known.liveSince
    older?.stop()
    const session: HubLoop = new HubLoop({
      clock,
      port: this.#port,
      connection,
      ...(handlers === undefined ? {} : { handlers }),
      settings: { hub, principal: { node, homes, ...(mayFollow === undefined ? {} : { mayFollow }) }, timing },
      onAcknowledged: (home, sequence) => this.#book.acknowledged(node, home, sequence),
      onRolledBack: (home, end) => this.#book.rolledBack(node, home, end),
      onHeard: () => this.#heard(node, known),
      onEnded: () => this.#ended(node, known, session),
    })
    known.session = session
    return session
  }

  /** A session is live once its child was welcomed; so the frame after its hello is the first that finds it so. */
  #heard(node: string, known: Known): void {
    const { wall, monotonic } = this.#parts.clock.now()
    known.heardAt = wall
    if (known.liveSince !== undefined || known.session?.status.state !== 'live') return
    known.liveSince = monotonic
    this.#parts.onChange?.(node)
  }

  #ended(node: string, known: Known, session: HubLoop): void {
    if (known.session !== session) return
    const { endedBy } = session.status
    if (endedBy !== undefined) known.lastError = { reason: endedBy, at: this.#parts.clock.now().wall }
    delete known.session
    delete known.liveSince
    this.#parts.onChange?.(node)
  }

  #committed({ feeds }: Committed): void {
    for (const { node, homes } of this.#parts.children) {
      for (const home of homes) {
        const origins = feeds.get(home)
        if (origins !== undefined) void this.#grew(node, home, origins)
      }
    }
  }

  async #grew(node: string, home: string, origins: ReadonlyMap<string, number>): Promise<void> {
    const growth = await this.#port.growth(node, home, origins).catch(() => undefined)
    // A store that does not answer now must not make the child miss what is there.
    if (growth === undefined) return void this.#parts.clock.after(GROWTH_RETRY_MS, () => void this.#grew(node, home, origins))
    this.#book.grew(node, growth)
    this.#known.get(node)?.session?.grew(growth)
  }
}

const notConnected = (home: string): Refusal =>
  refusal('retry-later', 'unavailable', `Nobody who speaks for "${home}" is connected; nothing was sent.`)
