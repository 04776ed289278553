/**
 * Tells every live socket what changed, without ever waiting for one.
 *
 *   node ──event──▶ pending of each subscriber that may see it ──flush──▶ socket
 *
 * Invariants
 *   F1  What waits of a workflow or facility is its latest state: a burst costs a subscriber no more than the number of things it sees.
 *       Events, for those who asked for them, wait one by one.
 *   F2  Nothing is handed to a socket that has more than `maxBufferedBytes` unsent; a subscriber for whom more than `maxPending` things
 *       wait, or who took nothing for `maxSilentFlushes` flushes, is dropped with 1013 and may come again.
 *   F3  Nothing of a facility outside the principal's reaches its socket.
 *   F4  Who asks for what came after a cursor hears all of that first, or that it is gone.
 *
 * Doesn't know about WebSockets; the shells hand in something that sends texts.
 */
import type { Clock } from '../ports/clock.ts'
import { LIVE_CLOSE, type LiveFromClient, type LiveFromServer, liveFromClient } from './live.ts'
import type { LiveEvent, NodeApi } from './node-api.ts'
import { type Principal, seesFacility } from './principal.ts'
import { RateLimiter } from './rate-limit.ts'

export interface LiveSocket {
  send(text: string): void
  close(code: number, reason: string): void
  readonly bufferedBytes: number
}

/** The shell's side of one socket: it hands in texts, and says when the socket is gone. */
export interface LiveConnection {
  receive(text: string): void
  closed(): void
}

export interface LiveLimits {
  readonly flushEveryMs: number
  readonly maxPending: number
  readonly maxBufferedBytes: number
  readonly maxSilentFlushes: number
}

const DEFAULT_LIMITS: LiveLimits = { flushEveryMs: 50, maxPending: 5_000, maxBufferedBytes: 1024 * 1024, maxSilentFlushes: 200 }
const MAX_MESSAGE_LENGTH = 4_096
const CLIENT_MESSAGES = { perSecond: 5, burst: 50 }

type Wish = Omit<LiveFromClient, 'type' | 'after'>

interface Subscriber {
  readonly socket: LiveSocket
  readonly principal: Principal
  readonly messages: RateLimiter
  readonly pending: Map<string, LiveEvent>
  wish: Wish | undefined
  silentFlushes: number
}

type LiveNode = Pick<NodeApi, 'subscribe'> & { readonly insight: { readonly events: Pick<NodeApi['insight']['events'], 'after'> } }

export class LiveFeed {
  readonly #clock: Clock
  readonly #events: LiveNode['insight']['events']
  readonly #limits: LiveLimits
  readonly #subscribers = new Set<Subscriber>()
  readonly #unsubscribe: () => void
  #cancelFlush: (() => void) | undefined

  constructor(node: LiveNode, clock: Clock, limits: Partial<LiveLimits> = {}) {
    this.#clock = clock
    this.#events = node.insight.events
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#unsubscribe = node.subscribe((event) => this.#publish(event))
  }

  connect(socket: LiveSocket, principal: Principal): LiveConnection {
    const messages = new RateLimiter(CLIENT_MESSAGES)
    const subscriber: Subscriber = { socket, principal, messages, pending: new Map(), wish: undefined, silentFlushes: 0 }
    this.#subscribers.add(subscriber)
    send(socket, { type: 'hello', at: this.#clock.now().wall })
    return {
      receive: (text) => this.#receive(subscriber, text),
      closed: () => this.#subscribers.delete(subscriber),
    }
  }

  /** Stops listening; the shell closes its sockets. */
  close(): void {
    this.#unsubscribe()
    this.#cancelFlush?.()
    this.#subscribers.clear()
  }

  #receive(subscriber: Subscriber, text: string): void {
    if (!this.#subscribers.has(subscriber)) return
    if (text.length > MAX_MESSAGE_LENGTH) return this.#drop(subscriber, LIVE_CLOSE.tooBig, 'message too big')
    if (!subscriber.messages.take('', this.#clock.now().monotonic).allowed)
      return this.#drop(subscriber, LIVE_CLOSE.rate, 'too many messages')
    const message = liveFromClient.safeParse(parsed(text))
    if (!message.success) return this.#drop(subscriber, LIVE_CLOSE.malformed, 'not a message of this protocol')
    const { type: _, after, ...wish } = message.data
    const { facility } = wish
    if (facility !== undefined && !seesFacility(subscriber.principal, facility)) {
      return this.#drop(subscriber, LIVE_CLOSE.notFound, 'no such facility')
    }
    subscriber.wish = wish
    subscriber.pending.clear()
    if (after !== undefined) this.#resume(subscriber, after)
  }

  #resume(subscriber: Subscriber, cursor: string): void {
    const missed = this.#events.after(cursor)
    if (missed === 'gone') return send(subscriber.socket, { type: 'reset' })
    for (const event of missed) this.#enqueue(subscriber, { type: 'event', event })
    this.#scheduleFlush()
  }

  #publish(event: LiveEvent): void {
    for (const subscriber of this.#subscribers) {
      this.#enqueue(subscriber, event)
      if (subscriber.pending.size > this.#limits.maxPending) this.#drop(subscriber, LIVE_CLOSE.tooSlow, 'too slow: too much waits')
    }
    this.#scheduleFlush()
  }

  #enqueue(subscriber: Subscriber, event: LiveEvent): void {
    if (wants(subscriber, event)) subscriber.pending.set(keyOf(event), event)
  }

  #scheduleFlush(): void {
    if (this.#cancelFlush !== undefined || ![...this.#subscribers].some(({ pending }) => pending.size > 0)) return
    this.#cancelFlush = this.#clock.after(this.#limits.flushEveryMs, () => {
      this.#cancelFlush = undefined
      for (const subscriber of this.#subscribers) this.#flush(subscriber)
      this.#scheduleFlush()
    })
  }

  /** Sends until the socket is full; the rest keeps waiting, and is replaced by what is newer. */
  #flush(subscriber: Subscriber): void {
    const { socket, pending } = subscriber
    if (pending.size === 0) return
    if (socket.bufferedBytes > this.#limits.maxBufferedBytes) {
      subscriber.silentFlushes += 1
      if (subscriber.silentFlushes >= this.#limits.maxSilentFlushes) this.#drop(subscriber, LIVE_CLOSE.tooSlow, 'too slow: took nothing')
      return
    }
    subscriber.silentFlushes = 0
    for (const [key, event] of pending) {
      if (socket.bufferedBytes > this.#limits.maxBufferedBytes) return
      pending.delete(key)
      send(socket, event)
    }
  }

  #drop(subscriber: Subscriber, code: number, reason: string): void {
    this.#subscribers.delete(subscriber)
    subscriber.socket.close(code, reason)
  }
}

const send = (socket: LiveSocket, message: LiveFromServer): void => socket.send(JSON.stringify(message))

const facilityOf = (event: LiveEvent): string => {
  switch (event.type) {
    case 'workflow':
      return event.workflow.facility
    case 'facility':
      return event.facility.id
    case 'conflict':
      return event.conflict.facility
    case 'event':
      return event.event.facility
  }
}

const keyOf = (event: LiveEvent): string => {
  switch (event.type) {
    case 'workflow':
      return `workflow ${event.workflow.id}`
    case 'facility':
      return `facility ${event.facility.id}`
    case 'conflict':
      return `conflict ${event.conflict.id}`
    case 'event':
      return `event ${event.event.cursor}`
  }
}

const wants = ({ wish, principal }: Subscriber, event: LiveEvent): boolean => {
  const facility = facilityOf(event)
  if (wish === undefined || !seesFacility(principal, facility) || (wish.facility ?? facility) !== facility) return false
  switch (event.type) {
    case 'workflow':
      return fits(wish, event.workflow.id, event.workflow.definition.name)
    case 'facility':
      return true
    case 'conflict':
      return fits(wish, event.conflict.workflow, event.conflict.definition) && names(wish.events, 'conflict')
    case 'event':
      return fits(wish, event.event.workflow, event.event.definition) && names(wish.events, event.event.type)
  }
}

const fits = (wish: Wish, workflow: string, definition: string): boolean =>
  (wish.workflow ?? workflow) === workflow && (wish.definition ?? definition) === definition

const names = (wanted: Wish['events'], type: string): boolean =>
  wanted?.some((each) => type === each || type.startsWith(`${each}.`)) === true

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
