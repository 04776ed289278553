/**
 * An agent over all its lives: the SDK's session machine, a journal that survives a crash as far as it was synced, and hands.
 * A second process never runs under its name, so it is never replaced.
 */

import {
  DEFAULT_TIMING,
  holding,
  type JournalEntry,
  nextWakeAt,
  restore,
  type SessionConfig,
  type SessionInput,
  type SessionOutput,
  type SessionState,
  step,
} from '@holdfast/agent-sdk/session'
import { type DownMessage, type Offer, parseDown, type UpMessage } from '@holdfast/shared/agent-protocol'
import type { Clock, Connection } from '@holdfast/shared/ports'
import { type Death, type Prng, type SimClock, SimProcess } from '@holdfast/shared/testing'
import { AGENTS, bytesOf, textOf } from './agent-socket.ts'
import type { Frame } from './frame.ts'
import { Hands } from './hands.ts'

export type AgentSpec = Pick<SessionConfig, 'agent' | 'kind' | 'capabilities' | 'capacity'> & { readonly gateway: string }

export class Agent {
  readonly spec: AgentSpec
  readonly journal: JournalEntry[] = []
  readonly #frame: Frame
  readonly #machine: SimClock
  readonly #config: SessionConfig
  readonly #step: typeof step
  readonly #draws: Prng
  #process: SimProcess | undefined
  #clock: Clock | undefined
  #hands: Hands | undefined
  #state: SessionState
  #unsynced: { readonly n: number; readonly entry: JournalEntry }[] = []
  readonly #begun = new Set<string>()
  #connection: Connection | undefined
  #dial = 0
  #lives = 0
  #cancelWake = (): void => undefined

  constructor(frame: Frame, spec: AgentSpec, machine: SimClock) {
    this.spec = spec
    this.#frame = frame
    this.#machine = machine
    this.#draws = frame.prng.stream(`agent ${spec.agent}`)
    const onInterrupted = this.#draws.chance(frame.setup.particulars.redo) ? 'redo' : 'fail'
    const { agent, kind, capabilities, capacity } = spec
    this.#config = { agent, kind, capabilities, capacity, sdk: 'simulation', onInterrupted, timing: DEFAULT_TIMING }
    this.#step = frame.plant.session?.(step) ?? step
    this.#state = restore(this.#config, [])
  }

  /** Tasks it has accepted and not heard the last of. */
  get holding(): readonly string[] {
    return holding(this.#state)
  }

  get process(): SimProcess | undefined {
    return this.#process
  }

  start(): void {
    if (this.#process?.alive) return
    this.#lives += 1
    const process = new SimProcess(this.#frame.kernel, this.spec.agent, this.#lives)
    this.#process = process
    this.#clock = this.#machine.of(process)
    this.#hands = new Hands(this.#frame, process, (task, outcome) => this.#take({ type: 'performed', task, outcome }))
    this.#state = restore(this.#config, this.journal)
    this.#take({ type: 'start' })
  }

  crash(death: Death): void {
    if (!this.#process?.alive) return
    const survivors = this.#draws.between(0, this.#unsynced.length)
    this.#process.kill(death)
    this.journal.push(...this.#unsynced.slice(0, survivors).map(({ entry }) => entry))
    this.#unsynced = []
    this.#connection = undefined
    this.#dial += 1
    this.#noteInterrupted()
  }

  /** What was begun and has no durable end: whoever redoes such work may do it twice, and has said so. */
  #noteInterrupted(): void {
    const ended = new Set<string>()
    for (const entry of this.journal) {
      // What was given back may be offered once more, and begin anew.
      if (entry.kind === 'begun') ended.delete(entry.offer.task)
      else if ('task' in entry) ended.add(entry.task)
    }
    for (const task of ended) this.#begun.delete(task)
    for (const task of this.#begun) this.#frame.ledger.effect(task, this.spec.agent).interrupted += 1
    this.#begun.clear()
  }

  get #now(): number {
    return this.#clock?.now().monotonic ?? 0
  }

  #take(input: SessionInput): void {
    const { state, outputs } = this.#step(this.#state, input)
    this.#state = state
    for (const output of outputs) this.#carryOut(output)
    this.#cancelWake()
    const wakeAt = nextWakeAt(this.#state)
    if (!Number.isFinite(wakeAt)) return
    this.#cancelWake = this.#clock?.after(Math.max(0, wakeAt - this.#now), () => this.#take({ type: 'tick', now: this.#now })) ?? NOTHING
  }

  #carryOut(output: SessionOutput): void {
    switch (output.type) {
      case 'connect':
        return this.#connect()
      case 'disconnect':
        this.#dial += 1
        this.#connection?.close(output.code, output.reason)
        this.#connection = undefined
        return
      case 'send':
        return this.#send(output.message)
      case 'perform':
        return this.#perform(output.offer)
      case 'abort':
        return this.#hands?.abort(output.task)
      case 'append':
        return this.#append(output.n, output.entry)
      case 'tell':
        if (output.event.type === 'replaced') throw new Error(`${this.spec.agent} was replaced, by nobody`)
        return
      case 'end':
        return
    }
  }

  #connect(): void {
    if (this.#process === undefined) return
    this.#dial += 1
    const dial = this.#dial
    const isCurrent = (): boolean => this.#dial === dial
    const handlers = {
      onOpen: (connection: Connection) => {
        if (!isCurrent()) return connection.close(1000, 'given up')
        this.#connection = connection
        this.#take({ type: 'connected', now: this.#now })
      },
      onMessage: (bytes: Uint8Array) => {
        if (isCurrent()) this.#hear(bytes)
      },
      onClose: (code: number, reason: string) => {
        if (!isCurrent()) return
        this.#connection = undefined
        this.#take({ type: 'cut', now: this.#now, code, reason })
      },
    }
    this.#frame.network.dial(this.#process, this.spec.gateway, handlers, AGENTS)
  }

  #hear(bytes: Uint8Array): void {
    const parsed = parseDown(textOf(bytes))
    if (!parsed.ok) throw new Error(`a gateway sent what its agent can't read: ${parsed.error.message}`)
    const message: DownMessage = parsed.value
    this.#frame.kernel.note(this.spec.agent, `hears ${message.type} ${'task' in message ? message.task.slice(-6) : ''}`)
    this.#take({ type: 'message', now: this.#now, message })
  }

  /** Some agents say things twice. */
  #send(message: UpMessage): void {
    this.#connection?.send(bytesOf(message))
    if (message.type !== 'hello' && this.#draws.chance(this.#frame.setup.particulars.repeat)) this.#connection?.send(bytesOf(message))
  }

  #perform(offer: Offer): void {
    this.#frame.kernel.note(this.spec.agent, `begins ${offer.task}`)
    this.#begun.add(offer.task)
    this.#hands?.begin(offer)
  }

  #append(n: number, entry: JournalEntry): void {
    this.#unsynced.push({ n, entry })
    const syncMs = this.#draws.between(0, Math.min(200, this.#frame.setup.knobs.values.maxSyncMs))
    this.#process?.after(syncMs, 'journal synced', () => this.#sync(n))
  }

  /** A sync covers all that was written before. */
  #sync(n: number): void {
    const synced = this.#unsynced.filter((one) => one.n <= n)
    if (synced.length === 0) return
    this.#unsynced = this.#unsynced.filter((one) => one.n > n)
    this.journal.push(...synced.map(({ entry }) => entry))
    this.#take({ type: 'journalled', now: this.#now, n })
  }
}

const NOTHING = (): void => undefined
