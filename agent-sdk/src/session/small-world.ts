/**
 * A world for the session's tests: one agent, one gateway, a line that can be cut, a journal that is slow to become durable, and
 * handlers. Everything is drawn from a seed; time moves only when told. It checks the safety promises at every move.
 */
import type { AgentReport, DownMessage, Offer, Outcome, UpMessage } from '@holdfast/shared/agent-protocol'
import { expect } from 'vitest'
import type { JournalEntry } from './journal-entry.ts'
import { nextWakeAt } from './leases.ts'
import type { SessionOutput } from './output.ts'
import { holding, type SessionConfig, type SessionState } from './state.ts'
import { restore, step } from './step.ts'

/** What the gateway knows of a task. */
export interface Wanted {
  readonly offer: Offer
  status: 'offered' | 'accepted' | 'stopping' | 'stopped' | 'declined' | 'recorded'
  leaseEnd: number
  outcome?: Outcome
  results: number
}

/** `random(n)` is uniform over 0 … n−1. */
export type Draw = (n: number) => number

export const drawFrom = (seed: number): Draw => {
  let state = (seed * 2654435761 + 1) >>> 0
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const HEARTBEAT_MS = 1000

export class SmallWorld {
  readonly wanted = new Map<string, Wanted>()
  readonly begun = new Map<string, number>()
  readonly running = new Map<string, { aborted: boolean }>()
  now = 0
  crashes = 0
  durable: JournalEntry[] = []
  state: SessionState
  epoch = 1
  readonly draw: Draw
  readonly config: SessionConfig
  #pending: { n: number; entry: JournalEntry }[] = []
  #line: 'none' | 'dialling' | 'open' = 'none'
  #welcomed = false
  #healing = false
  #up: UpMessage[] = []
  #down: DownMessage[] = []

  constructor(draw: Draw, config: SessionConfig) {
    this.draw = draw
    this.config = config
    this.state = restore(config, [])
    this.#take({ type: 'start' })
  }

  #take(input: Parameters<typeof step>[1]): void {
    const { state, outputs } = step(this.state, input)
    this.state = state
    for (const output of outputs) this.#do(output)
    this.#checkPromises()
  }

  #do(output: SessionOutput): void {
    switch (output.type) {
      case 'connect':
        this.#line = 'dialling'
        return
      case 'disconnect':
        this.#loseLine()
        return
      case 'send':
        expect(this.#line).toBe('open')
        this.#checkSend(output.message)
        this.#up.push(output.message)
        return
      case 'perform':
        this.#perform(output.offer)
        return
      case 'abort': {
        const handler = this.running.get(output.task)
        expect(handler?.aborted).toBe(false)
        if (handler !== undefined) handler.aborted = true
        return
      }
      case 'append':
        this.#pending.push(output)
        return
      default:
        return
    }
  }

  #perform(offer: Offer): void {
    expect(this.durable).toContainEqual({ kind: 'begun', offer })
    expect(this.running.has(offer.task)).toBe(false)
    this.running.set(offer.task, { aborted: false })
    this.begun.set(offer.task, (this.begun.get(offer.task) ?? 0) + 1)
  }

  #checkSend(message: UpMessage): void {
    if (message.type !== 'result') return
    expect(this.durable).toContainEqual({ kind: 'finished', task: message.task, outcome: message.outcome })
  }

  #checkPromises(): void {
    expect(this.running.size).toBeLessThanOrEqual(this.config.capacity)
    for (const [task, handler] of this.running) {
      const wanted = this.wanted.get(task)
      if (handler.aborted || wanted === undefined || wanted.offer.mayFinishOffline || wanted.status !== 'accepted') continue
      expect(this.now, `${task} outlives its lease`).toBeLessThanOrEqual(wanted.leaseEnd)
    }
  }

  // The world's moves

  connect(): void {
    if (this.#line !== 'dialling') return
    this.#line = 'open'
    this.#take({ type: 'connected', now: this.now })
  }

  cut(): void {
    if (this.#line === 'none') return
    this.#loseLine()
    this.#take({ type: 'cut', now: this.now, code: 1006, reason: 'cut' })
  }

  /** Only what is durable survives; of what was being written, some first part may. */
  crash(): void {
    this.crashes += 1
    const written = this.#pending.slice(0, this.draw(this.#pending.length + 1))
    this.durable.push(...written.map(({ entry }) => entry))
    this.#pending = []
    this.running.clear()
    this.#loseLine()
    this.state = restore(this.config, this.durable)
    this.#take({ type: 'start' })
  }

  journal(): void {
    const written = this.#pending.splice(0, this.draw(this.#pending.length) + 1)
    this.durable.push(...written.map(({ entry }) => entry))
    const last = written.at(-1)
    if (last !== undefined) this.#take({ type: 'journalled', now: this.now, n: last.n })
  }

  /** Some handler ends, aborted ones mostly by failing. */
  finish(): void {
    const tasks = [...this.running]
    const picked = tasks[this.draw(tasks.length)]
    if (picked === undefined) return
    const [task, { aborted }] = picked
    this.running.delete(task)
    const fails = this.draw(4) < (aborted ? 3 : 1)
    const error = { code: 'jammed', message: `life ${this.crashes} at ${this.now}` }
    const outcome: Outcome = fails ? { ok: false, error } : { ok: true, output: [this.crashes, this.now] }
    this.#take({ type: 'performed', task, outcome })
  }

  /** Time passes no further than the next moment the session asked for. */
  pass(ms: number): void {
    const until = this.now + ms
    while (this.now < until) {
      const wakeAt = nextWakeAt(this.state)
      this.now = Math.min(until, Math.max(this.now, wakeAt))
      if (this.now < wakeAt) return
      this.#take({ type: 'tick', now: this.now })
      expect(nextWakeAt(this.state), 'a tick that changes nothing').toBeGreaterThan(this.now)
    }
  }

  deliverDown(): void {
    const message = this.#down.shift()
    if (message !== undefined) this.#take({ type: 'message', now: this.now, message })
  }

  deliverUp(): void {
    const message = this.#up.shift()
    if (message?.type === 'hello') this.#welcome(message.holding)
    else if (message !== undefined) this.#hear(message)
  }

  // The gateway

  offer(offer: Offer): void {
    if (this.wanted.has(offer.task)) return
    this.wanted.set(offer.task, { offer, status: 'offered', leaseEnd: 0, results: 0 })
    this.#send(offer)
  }

  /** What is still wanted is said again, as on a new connection. */
  repeat(): void {
    for (const wanted of this.wanted.values()) {
      if (wanted.status === 'offered' || (wanted.status === 'accepted' && this.draw(2) === 0)) this.#send(wanted.offer)
      if (wanted.status === 'stopping') this.#send({ type: 'stop', task: wanted.offer.task, reason: 'cancelled' })
    }
  }

  stop(): void {
    const open = [...this.wanted.values()].filter(({ status }) => status === 'offered' || status === 'accepted')
    const wanted = open[this.draw(open.length)]
    if (wanted === undefined) return
    wanted.status = 'stopping'
    this.#send({ type: 'stop', task: wanted.offer.task, reason: 'cancelled' })
  }

  /** The gateway comes back from a backup that knows nothing of a result it once recorded. */
  forgetResult(): void {
    const recorded = [...this.wanted.values()].filter(({ status }) => status === 'recorded')
    const wanted = recorded[this.draw(recorded.length)]
    if (wanted === undefined) return
    wanted.status = 'offered'
    this.cut()
  }

  #send(message: DownMessage): void {
    if (this.#welcomed) this.#down.push(message)
  }

  #welcome(held: readonly string[]): void {
    this.#welcomed = true
    this.#send({ type: 'welcome', protocol: 1, gateway: 'harbour', epoch: this.epoch, heartbeatMs: HEARTBEAT_MS })
    for (const wanted of this.wanted.values()) {
      const isHeld = held.includes(wanted.offer.task)
      if (isHeld) this.#renew(wanted)
      if (isHeld && wanted.status === 'offered') wanted.status = 'accepted'
      // What was accepted is begun in the journal, so no crash makes the agent disown it.
      else if (!isHeld) expect(wanted.status, `${wanted.offer.task} is lost`).not.toBe('accepted')
    }
    this.repeat()
  }

  #renew(wanted: Wanted): void {
    wanted.leaseEnd = this.now + wanted.offer.leaseMs
  }

  #hear(report: AgentReport): void {
    if (report.type === 'heartbeat') return this.#hearHeartbeat(report.beat, report.tasks)
    const wanted = this.wanted.get(report.task)
    if (wanted === undefined) throw new Error('the agent speaks of a task it was never offered')
    if (report.type === 'result') return this.#hearResult(wanted, report.outcome)
    // A late accept or stopped for a task that ended meanwhile changes nothing.
    if (report.type === 'stopped') expect(wanted.outcome, `${report.task} stopped after its result`).toBeUndefined()
    if (report.type === 'accept') this.#renew(wanted)
    if (report.type === 'accept' && wanted.status === 'offered') wanted.status = 'accepted'
    if (report.type === 'decline' && wanted.status === 'offered') wanted.status = 'declined'
    if (report.type === 'stopped' && wanted.status === 'stopping') wanted.status = 'stopped'
  }

  #hearHeartbeat(beat: number, tasks: readonly { readonly task: string }[]): void {
    for (const { task } of tasks) {
      const wanted = this.wanted.get(task)
      if (wanted !== undefined) this.#renew(wanted)
    }
    this.#send({ type: 'alive', beat })
  }

  #hearResult(wanted: Wanted, outcome: Outcome): void {
    expect(wanted.status, `a result of ${wanted.offer.task} after stopped`).not.toBe('stopped')
    if (wanted.outcome !== undefined) expect(outcome).toEqual(wanted.outcome)
    wanted.outcome = outcome
    wanted.results += 1
    wanted.status = 'recorded'
    // A gateway that crashes in its turn acknowledges nothing; the agent must come again.
    if (this.#healing || this.draw(4) > 0) this.#send({ type: this.draw(8) === 0 ? 'forget' : 'recorded', task: wanted.offer.task })
  }

  #loseLine(): void {
    this.#line = 'none'
    this.#welcomed = false
    this.#up = []
    this.#down = []
  }

  /** Faults end: everything gets through, handlers finish, until nothing moves any more. */
  heal(): void {
    this.#healing = true
    for (let round = 0; round < 60; round += 1) {
      this.connect()
      while (this.#pending.length + this.#up.length + this.#down.length > 0) this.#deliverAll()
      this.finish()
      this.pass(HEARTBEAT_MS)
      if (round % 20 === 19) this.cut()
    }
  }

  #deliverAll(): void {
    this.journal()
    this.deliverUp()
    this.deliverDown()
  }

  get holding(): readonly string[] {
    return holding(this.state)
  }
}
