/**
 * The coordinator's end of the link: one session for each gateway, known by its token. A gateway that dials again ends its older
 * session, because a half-open one may linger.
 */
import { type CallHandlers, type Engine, HubLoop, type LinkCaller, LinkPort } from '@holdfast/shared/engine'
import { bearerOf } from '@holdfast/shared/http'
import { DEFAULT_TIMING, MAX_FRAME_BYTES } from '@holdfast/shared/link'
import type { Clock, Connection, Store } from '@holdfast/shared/ports'
import { refuseUpgrade, socketAcceptor, tokenLookup, type Upgrade } from '@holdfast/shared/system'
import { err, type Json, type Refusal, type Result, refusal } from '@holdfast/shared/values'
import type { CoordinatorConfig, FacilityConfig } from '../config.ts'

export interface HubParts {
  readonly config: CoordinatorConfig
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  /** Answers to the gateways' calls, by kind. */
  readonly handlers: CallHandlers
  readonly onChange: (facility: string) => void
}

export interface LinkCondition {
  readonly connected: boolean
  /** Wall clock. */
  readonly lastHeardAt?: number
  /** Updates of this side that the gateway has not acknowledged. */
  readonly pending?: number
}

export class Hub implements LinkCaller {
  readonly #parts: HubParts
  readonly #port: LinkPort
  readonly #sessions = new Map<string, HubLoop>()
  readonly #heardAt = new Map<string, number>()
  readonly #facilityOf: (token: string) => FacilityConfig | undefined
  readonly #accept = socketAcceptor(MAX_FRAME_BYTES)

  constructor(parts: HubParts) {
    this.#parts = parts
    this.#port = new LinkPort(parts.engine, parts.store, parts.clock)
    this.#facilityOf = tokenLookup(parts.config.facilities)
  }

  readonly upgrade: Upgrade = (request, socket, head) => {
    const facility = this.#facilityOf(bearerOf(request.headers.authorization) ?? '')
    if (facility === undefined) return refuseUpgrade(socket, 401, 'Unauthorized')
    this.#accept(request, socket, head, (connection) => {
      const session = this.#begin(facility, connection)
      return { onMessage: (bytes) => session.received(bytes), onClose: (code, reason) => session.closed(code, reason) }
    })
  }

  /** Asks the gateway of a facility. */
  async call(facility: string, kind: string, body: Json, timeoutMs: number): Promise<Result<Json, Refusal>> {
    const session = this.#sessions.get(facility)
    return session === undefined ? err(noSession(facility)) : session.call(facility, kind, body, timeoutMs)
  }

  condition(facility: string): LinkCondition {
    const session = this.#sessions.get(facility)
    const lastHeardAt = this.#heardAt.get(facility)
    const connected = session?.status.state === 'live'
    return {
      connected,
      ...(lastHeardAt === undefined ? {} : { lastHeardAt }),
      ...(connected ? { pending: session.status.pending } : {}),
    }
  }

  close(): void {
    for (const session of [...this.#sessions.values()]) session.stop()
  }

  #begin({ id, node }: FacilityConfig, connection: Connection): HubLoop {
    const { engine, clock, store, config, handlers, onChange } = this.#parts
    this.#sessions.get(id)?.stop()
    let wasLive = false
    const session = new HubLoop({
      engine,
      clock,
      port: this.#port,
      connection,
      handlers,
      settings: {
        hub: config.node,
        generation: store.generation,
        principal: { node, homes: [id] },
        timing: { ...DEFAULT_TIMING, ...config.link },
      },
      onHeard: () => {
        this.#heardAt.set(id, clock.now().wall)
        const isLive = this.#sessions.get(id)?.status.state === 'live'
        if (isLive !== wasLive) onChange(id)
        wasLive = isLive
      },
      onEnded: () => {
        if (this.#sessions.get(id) === session) this.#sessions.delete(id)
        onChange(id)
      },
    })
    this.#sessions.set(id, session)
    return session
  }
}

const noSession = (facility: string): Refusal =>
  refusal('retry-later', 'unavailable', `The gateway of "${facility}" is not connected; nothing was sent.`)
