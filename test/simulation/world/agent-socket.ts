/** The gateway's end of its agents' connections: frames on one side, the engine's gate on the other (G1 to G4 of the gate). */
import {
  type AgentGate,
  CLOSE_CODES,
  type DownMessage,
  frameOf,
  type Hello,
  parseUp,
  type UpMessage,
} from '@holdfast/shared/agent-protocol'
import type { Connection, ConnectionHandlers } from '@holdfast/shared/ports'
import { utf8ToBytes } from '@holdfast/shared/values'
import type { Life } from './engine-host.ts'
import type { Frame } from './frame.ts'

export const AGENTS = 'agents'

const TEXT = new TextDecoder()

export const bytesOf = (message: UpMessage | DownMessage): Uint8Array => {
  const frame = frameOf(message)
  if (!frame.ok) throw new Error(`a ${message.type} can not be framed: ${frame.error.message}`)
  return utf8ToBytes(frame.value)
}

export const textOf = (bytes: Uint8Array): string => TEXT.decode(bytes)

export const listenForAgents = ({ network, plant }: Frame, { process, engine }: Life): void => {
  const gate = plant.gate?.(engine.gate) ?? engine.gate
  const ready = new Map<string, AgentLine>()
  network.listen(process, (connection) => new AgentLine(gate, connection, ready), AGENTS)
}

class AgentLine implements ConnectionHandlers {
  readonly #gate: AgentGate
  readonly #connection: Connection
  readonly #ready: Map<string, AgentLine>
  #agent: string | undefined
  #ended = false

  constructor(gate: AgentGate, connection: Connection, ready: Map<string, AgentLine>) {
    this.#gate = gate
    this.#connection = connection
    this.#ready = ready
  }

  onMessage(bytes: Uint8Array): void {
    if (this.#ended) return
    const parsed = parseUp(textOf(bytes))
    if (!parsed.ok) throw new Error(`an agent sent what its gateway can't read: ${parsed.error.message}`)
    const message = parsed.value
    if (message.type === 'hello') return this.#greet(message)
    if (this.#agent === undefined) throw new Error('an agent spoke before its hello')
    this.#gate.heard(this.#agent, message)
    if (message.type === 'heartbeat') this.#send({ type: 'alive', beat: message.beat })
  }

  #greet({ agent, kind, capabilities, capacity, position, holding }: Hello): void {
    this.#ready.get(agent)?.end(CLOSE_CODES.replaced)
    this.#ready.set(agent, this)
    this.#agent = agent
    const profile = { id: agent, kind, capabilities, capacity, holding }
    this.#gate.connected(position === undefined ? profile : { ...profile, position }, (message) => this.#send(message))
  }

  #send(message: DownMessage): void {
    if (!this.#ended) this.#connection.send(bytesOf(message))
  }

  end(code: number): void {
    this.#connection.close(code, 'ended by the gateway')
    this.#finish()
  }

  onClose(): void {
    this.#finish()
  }

  #finish(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#agent === undefined) return
    this.#ready.delete(this.#agent)
    this.#gate.disconnected(this.#agent)
  }
}
