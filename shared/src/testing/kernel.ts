/**
 * The simulated world's heart: virtual time, and one thing at a time.
 *
 *   pop the earliest event → time becomes its time → note it in the history → call it → drain microtasks → checks → next
 *
 * K1  Time is in whole milliseconds, starts at 0, and moves only from event to event.
 * K2  After an event every promise that can settle has settled before the next one: between events nothing is half done.
 * K3  The same seed gives the same trace hash (I30).
 * K4  The first error of a callback, sync or async, or of a check ends the run that met it, and every later one.
 *
 * Draining is one real `setImmediate` turn: Node empties the microtask queue, however deep the chain of awaits, before that phase.
 * A fixed number of microtask hops is up to twice as fast with 8, slower from 32 on, and leaves a longer chain half done, so that a change of
 * one `await` in production code would change the order of things. Code under simulation must not wait on real timers or files: the
 * kernel wouldn't wait for them.
 */
import { EventHeap, type ScheduledEvent } from './event-heap.ts'
import { History } from './history.ts'
import type { Prng } from './prng.ts'

const WORLD = 'world'

export class Kernel {
  readonly history: History
  readonly #tieBreaks: Prng
  readonly #heap = new EventHeap()
  readonly #checks: (() => void)[] = []
  #now = 0
  #events = 0
  #sequence = 0
  #failure: { readonly error: unknown } | undefined

  constructor(prng: Prng, history: History = new History()) {
    this.#tieBreaks = prng.stream('tie-breaks')
    this.history = history
  }

  /** Virtual milliseconds since the world began. */
  get now(): number {
    return this.#now
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events
  }

  /** Events still to come. */
  get pending(): number {
    return this.#heap.size
  }

  /** Calls back once after the delay, rounded up to whole milliseconds, never synchronously. The returned function cancels. */
  at(delayMs: number, label: string, callback: () => unknown, node: string = WORLD): () => void {
    if (Number.isNaN(delayMs)) throw new RangeError(`kernel: the delay of '${label}' is not a number`)
    const event: ScheduledEvent = {
      at: this.#now + Math.max(0, Math.ceil(delayMs)),
      tieBreak: this.#tieBreaks.u32(),
      sequence: this.#sequence++,
      node,
      label,
      callback,
    }
    this.#heap.push(event)
    return () => this.#heap.cancel(event)
  }

  /** Writes a line of the world's own, a state hash for example, into the history and so into the trace hash. */
  note(node: string, text: string): void {
    this.history.note(this.#now, node, text)
  }

  /** Called after every event; throws if an invariant is broken. */
  afterEach(check: () => void): void {
    this.#checks.push(check)
  }

  /** Ends the run with an error found outside a callback's own chain of promises. */
  fail(error: unknown): void {
    this.#failure ??= { error }
  }

  /** Everything due up to and including the given time; then it is that time. */
  async run(untilMs: number): Promise<void> {
    await drainMicrotasks() // what was begun between two runs may have its first event yet to schedule
    while (await this.#step(untilMs));
    this.#now = Math.max(this.#now, untilMs)
  }

  /** Stops after the first event that makes the predicate true; false if that had not come when the limit was reached. */
  async runUntil(predicate: () => boolean, limitMs: number): Promise<boolean> {
    await drainMicrotasks()
    while (!predicate()) {
      if (await this.#step(limitMs)) continue
      this.#now = Math.max(this.#now, limitMs)
      return false
    }
    return true
  }

  async #step(untilMs: number): Promise<boolean> {
    this.#throwFailure()
    const next = this.#heap.peek()
    if (next === undefined || next.at > untilMs) return false
    this.#heap.pop()
    this.#perform(next)
    await drainMicrotasks()
    this.#throwFailure()
    this.#check()
    return true
  }

  #perform(event: ScheduledEvent): void {
    const { callback } = event
    event.callback = undefined
    this.#now = event.at
    this.#events += 1
    this.history.note(event.at, event.node, event.label)
    try {
      const returned = callback?.()
      if (returned instanceof Promise) returned.catch((error: unknown) => this.fail(error))
    } catch (error) {
      this.fail(error)
    }
  }

  #check(): void {
    try {
      for (const check of this.#checks) check()
    } catch (error) {
      this.fail(error)
    }
    this.#throwFailure()
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}

const drainMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
