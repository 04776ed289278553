/**
 * Where agents connect: `/agents` on the gateway's HTTP server.
 *
 *   upgrade ─▶ host and origin ─▶ token ─▶ facility ─▶ connection ─▶ hello ─▶ gate
 *
 * It keeps the gate's guarantees G1–G4: one connection an agent, the newer wins. Doesn't know about other paths; its server routes.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AgentGate, CLOSE_CODES, MAX_AGENT_FRAME_BYTES } from '@holdfast/shared/agent-protocol'
import { bearerOf } from '@holdfast/shared/http'
import type { Clock } from '@holdfast/shared/ports'
import { type WebSocket, WebSocketServer } from 'ws'
import { AgentConnection, type ConnectionEvents } from './agent-connection.ts'
import { type AgentLimits, DEFAULT_AGENT_LIMITS } from './limits.ts'
import { AGENTS_PATH, type Denial, deny } from './upgrade.ts'

export interface AgentIdentity {
  readonly agent: string
  readonly facility: string
}

export interface AgentServerOptions {
  readonly gate: AgentGate
  readonly facility: string
  readonly clock: Clock
  authenticate(token: string): Promise<AgentIdentity | undefined>
  /** Whether a request for this host, from a page of this origin, is for us: guards against DNS rebinding and foreign pages. */
  admits(host: string | undefined, origin: string | undefined): boolean
  /** False while another gateway runs the facility: agents have to look for that one. */
  readonly isOpen?: () => boolean
  readonly limits?: Partial<AgentLimits>
}

export interface AgentDoor {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends an agent's connection because its credentials were revoked or have expired. */
  expel(agent: string): void
  /** Ends all connections: who comes again is let in only if `isOpen` says so. */
  dismiss(): void
  /** Ends all connections and takes no new ones; the HTTP server stays. */
  close(): void
}

export const agentDoor = (options: AgentServerOptions): AgentDoor => {
  const sockets = new AgentSockets(options)
  return {
    upgrade: (request, socket, head) => void sockets.take(request, socket, head),
    expel: (agent) => sockets.expel(agent),
    dismiss: () => sockets.dismiss(),
    close: () => sockets.close(),
  }
}

class AgentSockets implements ConnectionEvents {
  readonly #options: AgentServerOptions
  readonly #limits: AgentLimits
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_AGENT_FRAME_BYTES,
    maxFragments: 1024,
    perMessageDeflate: false,
  })
  /** Ready connections by agent. */
  readonly #ready = new Map<string, AgentConnection>()
  readonly #connections = new Set<AgentConnection>()
  #upgrading = 0
  #closed = false

  constructor(options: AgentServerOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_AGENT_LIMITS, ...options.limits }
  }

  async take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Without a listener, a reset in the middle of the handshake would end the process.
    socket.on('error', () => socket.destroy())
    this.#upgrading += 1
    const judged = await this.#judge(request)
    this.#upgrading -= 1
    if (socket.destroyed) return
    if ('status' in judged) return deny(socket, judged)
    if (this.#closed) return deny(socket, { status: 503, code: 'not-ready' })
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, judged.agent))
  }

  async #judge(request: IncomingMessage): Promise<Denial | AgentIdentity> {
    if (request.url !== AGENTS_PATH) return { status: 400, code: 'invalid-request' }
    if (!this.#options.admits(request.headers.host, request.headers.origin)) return { status: 403, code: 'wrong-host' }
    if (this.#options.isOpen?.() === false) return { status: 503, code: 'not-the-authority' }
    if (this.#connections.size + this.#upgrading > this.#limits.maxConnections) return { status: 503, code: 'too-many-connections' }
    const token = bearerOf(request.headers.authorization)
    if (token === undefined) return { status: 401, code: 'unauthenticated' }
    return this.#identify(token)
  }

  async #identify(token: string): Promise<Denial | AgentIdentity> {
    try {
      const identity = await this.#options.authenticate(token)
      if (identity === undefined) return { status: 401, code: 'unauthenticated' }
      return identity.facility === this.#options.facility ? identity : { status: 403, code: 'forbidden' }
    } catch {
      return { status: 503, code: 'unavailable' }
    }
  }

  #open(webSocket: WebSocket, agent: string): void {
    this.#connections.add(new AgentConnection(webSocket, agent, this.#options.clock, this.#limits, this))
  }

  onReady(...[connection, profile]: Parameters<ConnectionEvents['onReady']>): void {
    this.#ready.get(connection.agent)?.end(CLOSE_CODES.replaced, 'replaced by a newer connection')
    this.#ready.set(connection.agent, connection)
    this.#options.gate.connected(profile, (message) => connection.send(message))
  }

  onReport(...[connection, report]: Parameters<ConnectionEvents['onReport']>): void {
    this.#options.gate.heard(connection.agent, report)
  }

  onEnd(connection: AgentConnection, wasReady: boolean): void {
    this.#connections.delete(connection)
    if (!wasReady) return
    this.#ready.delete(connection.agent)
    this.#options.gate.disconnected(connection.agent)
  }

  expel(agent: string): void {
    for (const connection of this.#connections)
      if (connection.agent === agent) connection.end(CLOSE_CODES.unauthenticated, 'no longer trusted')
  }

  dismiss(): void {
    for (const connection of this.#connections) connection.end(1012, 'another gateway runs the facility')
  }

  close(): void {
    this.#closed = true
    for (const connection of this.#connections) connection.end(1001, 'going away')
  }
}
