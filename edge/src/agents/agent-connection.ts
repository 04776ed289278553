/**
 * One agent's socket, after its token was checked:
 *
 *   greeting ──hello──▶ ready ──▶ ended
 *       └──────────────────────────▲        every fault ends it, with a code that says which
 *
 * It ends once: `onEnd` is called at once when it is closed from here, so the gate hears of the end before a newer connection.
 * Doesn't know about other connections or what messages mean; that lives in agent-server.ts and behind the gate.
 */
import {
  type AgentProfile,
  type AgentReport,
  CLOSE_CODES,
  type DownMessage,
  frameOf,
  type Hello,
  MAX_SENTENCE_LENGTH,
  parseUp,
  type UpMessage,
} from '@holdfast/shared/agent-protocol'
import type { Clock } from '@holdfast/shared/ports'
import { Allowance, type Refusal } from '@holdfast/shared/values'
import type { RawData, WebSocket } from 'ws'
import { type AgentLimits, COST_UNIT_BYTES } from './limits.ts'

export interface ConnectionEvents {
  onReady(connection: AgentConnection, profile: AgentProfile): void
  onReport(connection: AgentConnection, report: AgentReport): void
  /** Once; `wasReady` when `onReady` had been called. */
  onEnd(connection: AgentConnection, wasReady: boolean): void
}

export class AgentConnection {
  readonly agent: string
  readonly #webSocket: WebSocket
  readonly #clock: Clock
  readonly #limits: AgentLimits
  readonly #events: ConnectionEvents
  readonly #allowance: Allowance
  #status: 'greeting' | 'ready' | 'ended' = 'greeting'
  #answeredPing = true
  #cancelTimer: () => void

  constructor(webSocket: WebSocket, agent: string, clock: Clock, limits: AgentLimits, events: ConnectionEvents) {
    this.agent = agent
    this.#webSocket = webSocket
    this.#clock = clock
    this.#limits = limits
    this.#events = events
    this.#allowance = new Allowance(limits.costPerSecond, limits.costBurst, clock.now().monotonic)
    this.#cancelTimer = clock.after(limits.helloMs, () => this.end(CLOSE_CODES.helloTimeout, 'no hello'))
    this.#listen()
  }

  #listen(): void {
    // ws itself answers bad UTF-8 with 1007, oversize with 1009, broken frames with 1002; `close` follows each.
    this.#webSocket.on('error', () => {})
    this.#webSocket.on('close', () => this.#finish())
    this.#webSocket.on('ping', () => this.#afford(1))
    this.#webSocket.on('pong', () => {
      this.#answeredPing = true
    })
    this.#webSocket.on('message', (data, isBinary) => this.#onFrame(data, isBinary))
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    if (this.#status === 'ended') return
    if (isBinary) return this.end(1003, 'text frames only')
    const text = data.toString()
    if (!this.#afford(1 + Math.floor(text.length / COST_UNIT_BYTES))) return
    const parsed = parseUp(text)
    if (parsed.ok) this.#onMessage(parsed.value)
    else this.#refuse(parsed.error, closeCodeFor(parsed.error))
  }

  #afford(cost: number): boolean {
    const affordable = this.#allowance.take(cost, this.#clock.now().monotonic)
    if (!affordable) this.end(1008, 'too many messages')
    return affordable
  }

  #onMessage(message: UpMessage): void {
    if (message.type === 'hello') return this.#onHello(message)
    if (this.#status === 'greeting') return this.end(CLOSE_CODES.malformed, 'hello first')
    this.#events.onReport(this, message)
    if (message.type === 'heartbeat') this.send({ type: 'alive', beat: message.beat })
  }

  #onHello(hello: Hello): void {
    if (this.#status !== 'greeting') return this.end(CLOSE_CODES.malformed, 'hello twice')
    if (hello.agent !== this.agent) return this.end(CLOSE_CODES.forbidden, 'another agent’s name')
    this.#status = 'ready'
    this.#cancelTimer()
    this.#ping()
    this.#events.onReady(this, profileOf(hello))
  }

  #ping(): void {
    this.#answeredPing = false
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping()
    this.#cancelTimer = this.#clock.after(this.#limits.pingMs, () => (this.#answeredPing ? this.#ping() : this.#abandon()))
  }

  /** Half-open: nobody is there to read a farewell. */
  #abandon(): void {
    this.#finish()
    this.#webSocket.terminate()
  }

  send(message: DownMessage): void {
    if (this.#status === 'ended') return
    const frame = frameOf(withinBounds(message))
    if (!frame.ok) return this.#onUnsendable(message, frame.error)
    this.#webSocket.send(frame.value)
    if (this.#webSocket.bufferedAmount > this.#limits.maxBufferedBytes) this.end(1013, 'reads too slowly')
  }

  /**
   * The gate must hear why nobody will ever accept an offer; later, since the gate is in the middle of sending. Never a throw: what is
   * sent is committed already, and would be sent again after a restart.
   */
  #onUnsendable(message: DownMessage, { code, message: why }: Refusal): void {
    if (message.type !== 'offer') return this.end(1011, `unsendable: ${code}`)
    const error = { code: 'unsendable', message: `The offer can't be sent: ${why}`, retryable: false }
    const report: AgentReport = { type: 'result', task: message.task, outcome: { ok: false, error } }
    queueMicrotask(() => {
      if (this.#status === 'ready') this.#events.onReport(this, report)
    })
  }

  #refuse({ code, message }: Refusal, closeCode: number): void {
    this.send({ type: 'refused', code, message })
    this.end(closeCode, code)
  }

  end(code: number, reason: string): void {
    if (this.#status === 'ended') return
    this.#finish()
    this.#webSocket.close(code, reason)
    this.#cancelTimer = this.#clock.after(this.#limits.farewellMs, () => this.#webSocket.terminate())
    this.#webSocket.once('close', () => this.#cancelTimer())
  }

  #finish(): void {
    if (this.#status === 'ended') return
    const wasReady = this.#status === 'ready'
    this.#status = 'ended'
    this.#cancelTimer()
    this.#events.onEnd(this, wasReady)
  }
}

const closeCodeFor = ({ code }: Refusal): number =>
  code === 'protocol-unsupported' ? CLOSE_CODES.protocolUnsupported : CLOSE_CODES.malformed

/** Words for a person, which may quote anything, are cut to what the other side accepts. */
const withinBounds = (message: DownMessage): DownMessage => {
  switch (message.type) {
    case 'stop':
      return { ...message, reason: sentenceOf(message.reason) }
    case 'refused':
      return { ...message, message: sentenceOf(message.message) }
    default:
      return message
  }
}

const sentenceOf = (text: string): string => text.slice(0, MAX_SENTENCE_LENGTH).toWellFormed()

const profileOf = ({ agent, kind, capabilities, capacity, position, holding }: Hello): AgentProfile => {
  const profile = { id: agent, kind, capabilities, capacity, holding }
  return position === undefined ? profile : { ...profile, position }
}
