/**
 * Where a socket for agents ends and the engine begins. The engine implements it; sockets (and the simulator) call it.
 *
 *   socket                                        engine (gate)
 *   hello ────────▶ connected(profile, send) ───▶ send(welcome), then forget / stop / offer for what it wants of this agent
 *   accept, decline, result, stopped, heartbeat ▶ heard(id, report)
 *   closed ───────▶ disconnected(id)
 *
 * Guarantees of the caller
 *   G1  For one agent, `connected` and `disconnected` alternate; a newer connection of the same agent ends the older one first.
 *   G2  `heard` is called only between them, in the order the agent sent, with messages that passed their schema.
 *   G3  Each heartbeat is answered with `alive` by the caller, after `heard` has returned: the gate need not.
 *   G4  `send` keeps order while connected, is harmless afterwards, and never throws; nothing is promised about what was sent shortly
 *       before the end. An offer that no frame can carry is answered by a failed result with code `unsendable`.
 *
 * Guarantees asked of the gate
 *   G5  None of its methods throws; all return at once and do their work in a later turn.
 *   G6  `connected` is answered by `welcome` before anything else; again, when the epoch rises.
 *   G7  `recorded` is sent only after the result is durable; a result that will never be wanted is answered by `forget`, so each
 *       result is answered by one of the two.
 *   G8  On `connected`, what the gate still wants of the agent is sent again: offers not accepted, stops not answered.
 */
import type { DownMessage } from './messages/down.ts'
import type { Hello } from './messages/hello.ts'
import type { UpMessage } from './messages/up.ts'

export interface AgentProfile extends Pick<Hello, 'kind' | 'capabilities' | 'capacity' | 'position' | 'holding'> {
  readonly id: string
}

/** What a gate hears after the hello, which became the profile. */
export type AgentReport = Exclude<UpMessage, { readonly type: 'hello' }>

export interface AgentGate {
  connected(profile: AgentProfile, send: (message: DownMessage) => void): void
  disconnected(agent: string): void
  heard(agent: string, report: AgentReport): void
}
