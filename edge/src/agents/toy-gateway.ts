/** A gateway's agent socket with a toy behind it instead of an engine, for tests: on a real port, with time in the test's hands. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { AgentGate, AgentProfile, AgentReport, DownMessage, Offer, Outcome } from '@holdfast/shared/agent-protocol'
import type { Clock } from '@holdfast/shared/ports'
import { type AgentDoor, type AgentServerOptions, agentDoor } from './agent-server.ts'

/** Records what it is told, and wants its offers done. */
export class ToyGate implements AgentGate {
  readonly log: string[] = []
  readonly profiles = new Map<string, AgentProfile>()
  readonly results: { readonly task: string; readonly outcome: Outcome }[] = []
  readonly accepted = new Set<string>()
  readonly wanted = new Map<string, Offer>()
  readonly #senders = new Map<string, (message: DownMessage) => void>()
  epoch = 1
  /** False: results arrive and are not acknowledged. */
  records = true

  connected(profile: AgentProfile, send: (message: DownMessage) => void): void {
    this.log.push(`connected ${profile.id}`)
    this.profiles.set(profile.id, profile)
    this.#senders.set(profile.id, send)
    send({ type: 'welcome', protocol: 1, gateway: 'harbour', epoch: this.epoch, heartbeatMs: 60_000 })
    for (const offer of this.wanted.values()) if (!profile.holding.includes(offer.task)) send(offer)
  }

  disconnected(agent: string): void {
    this.log.push(`disconnected ${agent}`)
    this.#senders.delete(agent)
  }

  heard(agent: string, report: AgentReport): void {
    if (report.type === 'accept') this.accepted.add(report.task)
    if (report.type !== 'result') return
    this.results.push({ task: report.task, outcome: report.outcome })
    if (!this.records) return
    this.wanted.delete(report.task)
    this.send(agent, { type: 'recorded', task: report.task })
  }

  offer(agent: string, task: string, part: Partial<Offer> = {}): void {
    const words = { workflow: 'w_1', step: 'move', title: 'Move', capability: 'move', purpose: 'forward' } as const
    const offer: Offer = {
      type: 'offer',
      task,
      attempt: 1,
      epoch: this.epoch,
      ...words,
      input: task,
      leaseMs: 60_000,
      mayFinishOffline: true,
      ...part,
    }
    this.wanted.set(task, offer)
    this.send(agent, offer)
  }

  send(agent: string, message: DownMessage): void {
    this.#senders.get(agent)?.(message)
  }
}

/** Stands still until the test moves it. */
export class StillClock implements Clock {
  #now = 0
  readonly #waiting = new Set<{ readonly at: number; readonly callback: () => void }>()

  now(): { readonly wall: number; readonly monotonic: number } {
    return { wall: this.#now, monotonic: this.#now }
  }

  after(delayMs: number, callback: () => void): () => void {
    const waiting = { at: this.#now + delayMs, callback }
    this.#waiting.add(waiting)
    return () => this.#waiting.delete(waiting)
  }

  pass(ms: number): void {
    this.#now += ms
    for (const waiting of [...this.#waiting]) {
      if (waiting.at > this.#now || !this.#waiting.delete(waiting)) continue
      waiting.callback()
    }
  }
}

export interface ToyGateway {
  readonly gate: ToyGate
  readonly clock: StillClock
  readonly agents: AgentDoor
  readonly port: number
  readonly url: string
  stop(): Promise<void>
}

/** Token `⟨agent⟩~⟨facility⟩` is that agent; `down` is a token service that fails. */
export const startToyGateway = async (gate = new ToyGate(), part: Partial<AgentServerOptions> = {}, port = 0): Promise<ToyGateway> => {
  const server = createServer((_, response) => response.end('alive'))
  const clock = new StillClock()
  const agents = agentDoor({
    gate,
    clock,
    facility: 'harbour',
    authenticate: identityOf,
    admits: (host, origin) => host?.startsWith('127.0.0.1:') === true && origin === undefined,
    ...part,
  })
  server.on('upgrade', agents.upgrade)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: found } = server.address() as AddressInfo
  const stop = async (): Promise<void> => {
    agents.close()
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
  return { gate, clock, agents, port: found, url: `ws://127.0.0.1:${found}/agents`, stop }
}

const identityOf = async (token: string): Promise<{ agent: string; facility: string } | undefined> => {
  if (token === 'down') throw new Error('the token service is down')
  const [agent, facility] = token.split('~')
  return agent === undefined || facility === undefined ? undefined : { agent, facility }
}

/** Waits until it is so; the test's own timeout is the only bound. */
export const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await setTimeout(2)
}
