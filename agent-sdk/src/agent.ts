/**
 * One agent: the loop around its session (session/step.ts). It owns the socket, the journal, the timer and the running handlers,
 * and decides nothing: inputs are taken one at a time, outputs are carried out in order.
 */
import { type Hello, inspectJson, type Offer, type Position, position as positionSchema } from '@holdfast/shared/agent-protocol'
import { Addresses } from './addresses.ts'
import { type Handler, outcomeOf } from './handler.ts'
import { type Journal, openJournal } from './journal.ts'
import type { SessionInput } from './session/input.ts'
import type { JournalEntry } from './session/journal-entry.ts'
import { nextWakeAt } from './session/leases.ts'
import type { SessionEvent, SessionOutput } from './session/output.ts'
import { DEFAULT_TIMING, type SessionConfig, type SessionState, type Timing } from './session/state.ts'
import { restore, step } from './session/step.ts'
import { openSocket, type Socket } from './socket.ts'

export const SDK_VERSION = 'holdfast-ts/1'

export interface AgentOptions extends Pick<Hello, 'kind' | 'capabilities'> {
  /** `ws://` or `wss://`, the gateway's `/agents`; of every gateway of the facility, if there are several. */
  readonly gatewayUrl: string | readonly string[]
  readonly token: string
  readonly id: string
  /** How many tasks at once; 1 unless said. */
  readonly capacity?: number
  readonly position?: Position
  /** Where it remembers: a file of its own, or a journal handed in. */
  readonly journal: string | Journal
  /** A task that a crash interrupted fails as `interrupted` (retryable) unless the handler may simply do it again. */
  readonly onInterrupted?: 'fail' | 'redo'
  readonly perform: Handler
  readonly timing?: Partial<Timing>
}

export type AgentEvent = SessionEvent | { readonly type: 'journal-trouble'; readonly message: string }

type EventOf<Type extends AgentEvent['type']> = Extract<AgentEvent, { type: Type }>

/** Node's timers overflow at 2³¹ ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Throws where the journal can't be opened: without it nothing may be promised. A wrong position is thrown before it is opened. */
export const createAgent = async (options: AgentOptions): Promise<Agent> => {
  if (options.position !== undefined) checkedPosition(options.position)
  if (typeof options.journal !== 'string') return new Agent(options, options.journal)
  const journal = await openJournal(options.journal)
  if (!journal.ok) throw new Error(journal.error.message)
  return new Agent(options, journal.value)
}

export class Agent {
  /** Resolves when the agent has left for good: closed, or replaced by another process under its name. */
  readonly ended: Promise<void>
  readonly #options: AgentOptions
  readonly #journal: Journal
  readonly #addresses: Addresses
  readonly #listeners = new Set<(event: AgentEvent) => void>()
  readonly #running = new Map<string, AbortController>()
  readonly #inputs: SessionInput[] = []
  #state: SessionState
  #stepping = false
  #socket: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #leave: () => void = () => {}

  constructor(options: AgentOptions, journal: Journal) {
    this.#options = options
    this.#journal = journal
    this.#addresses = new Addresses(options.gatewayUrl)
    this.#state = restore(configOf(options), journal.entries)
    this.ended = new Promise((resolve) => {
      this.#leave = resolve
    })
    journal.onTrouble((message) => this.#tell({ type: 'journal-trouble', message }))
    if (options.position !== undefined) this.moveTo(options.position)
    // Not at once: whoever made the agent may still want to listen.
    setImmediate(() => this.#take({ type: 'start' }))
  }

  /** Returns how to stop listening. */
  on<Type extends AgentEvent['type']>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    const listen = (event: AgentEvent): void => {
      if (isOfType(event, type)) listener(event)
    }
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  /** Throws a RangeError at a position that can't be told to anybody; the last good one stands. */
  moveTo(position: Position): void {
    this.#take({ type: 'moved', position: checkedPosition(position) })
  }

  /** Takes nothing new, lets running handlers finish (or aborts them), then hangs up. Results not recorded yet stay in the journal. */
  close(options: { readonly abort?: boolean } = {}): Promise<void> {
    this.#take({ type: 'close', abort: options.abort ?? false })
    return this.ended
  }

  #take(input: SessionInput): void {
    this.#inputs.push(input)
    if (this.#stepping) return
    this.#stepping = true
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#step(next)
    this.#stepping = false
    this.#armTimer()
  }

  #step(input: SessionInput): void {
    const { state, outputs } = step(this.#state, input)
    this.#state = state
    for (const output of outputs) this.#do(output)
  }

  #do(output: SessionOutput): void {
    switch (output.type) {
      case 'connect':
        return this.#connect()
      case 'disconnect':
        return this.#disconnect(output.code, output.reason)
      case 'send':
        return this.#socket?.send(output.message)
      case 'perform':
        return this.#perform(output.offer)
      case 'abort':
        return this.#running.get(output.task)?.abort(new Error(output.reason))
      case 'append':
        return this.#append(output.n, output.entry)
      case 'tell':
        return this.#tell(output.event)
      case 'end':
        return this.#end()
      default:
        output satisfies never
    }
  }

  #connect(): void {
    this.#socket = openSocket(this.#addresses.next(), this.#options.token, {
      onOpen: () => this.#take({ type: 'connected', now: monotonic() }),
      onMessage: (message) => this.#take({ type: 'message', now: monotonic(), message }),
      onNonsense: ({ code, message }) => this.#tell({ type: 'refused', code, message }),
      onClose: (code, reason) => this.#take({ type: 'cut', now: monotonic(), code, reason }),
    })
  }

  #disconnect(code: number, reason: string): void {
    this.#socket?.drop(code, reason)
    this.#socket = undefined
  }

  #perform(task: Offer): void {
    const controller = new AbortController()
    this.#running.set(task.task, controller)
    const progress = (share: number): void => {
      if (Number.isFinite(share)) this.#take({ type: 'progress', task: task.task, progress: Math.min(1, Math.max(0, share)) })
    }
    outcomeOf(this.#options.perform, task, { signal: controller.signal, progress }).then((outcome) => {
      this.#running.delete(task.task)
      this.#take({ type: 'performed', task: task.task, outcome })
    })
  }

  #append(n: number, entry: JournalEntry): void {
    this.#journal.append(entry).then(() => this.#take({ type: 'journalled', now: monotonic(), n }))
  }

  /** In a turn of its own: a listener that throws must not stop the agent half-way through a step. */
  #tell(event: AgentEvent): void {
    if (event.type === 'ready') this.#addresses.welcomed()
    for (const listener of this.#listeners) queueMicrotask(() => listener(event))
  }

  #armTimer(): void {
    clearTimeout(this.#timer)
    const delayMs = nextWakeAt(this.#state) - monotonic()
    if (delayMs === Number.POSITIVE_INFINITY) return
    const tick = (): void => this.#take({ type: 'tick', now: monotonic() })
    this.#timer = setTimeout(tick, Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(delayMs))))
  }

  #end(): void {
    this.#journal.close().then(this.#leave, this.#leave)
  }
}

const isOfType = <Type extends AgentEvent['type']>(event: AgentEvent, type: Type): event is EventOf<Type> => event.type === type

const checkedPosition = (position: Position): Position => {
  const parsed = positionSchema.safeParse(position)
  if (!parsed.success) throw new RangeError(`not a position: ${parsed.error.issues[0]?.message ?? 'invalid'}`)
  const fault = inspectJson(parsed.data)
  if (fault !== undefined) throw new RangeError(`not a position: ${fault.message}`)
  return parsed.data
}

const monotonic = (): number => performance.now()

const configOf = (options: AgentOptions): SessionConfig => ({
  agent: options.id,
  kind: options.kind,
  capabilities: options.capabilities,
  capacity: options.capacity ?? 1,
  sdk: SDK_VERSION,
  onInterrupted: options.onInterrupted ?? 'fail',
  timing: { ...DEFAULT_TIMING, ...options.timing },
})
