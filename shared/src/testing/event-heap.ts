/**
 * What is to happen, as a binary heap ordered by (time, tie-break, sequence). The tie-break is random, so that things due in the same
 * millisecond happen in every order over many seeds; the sequence makes the order total. A cancelled event stays until it
 * surfaces or until such make up half of the heap, when they are swept out, so re-armed timers can't fill memory.
 */
export interface ScheduledEvent {
  readonly at: number
  readonly tieBreak: number
  readonly sequence: number
  readonly node: string
  readonly label: string
  /** Undefined once cancelled. */
  callback: (() => unknown) | undefined
}

const SWEEP_FROM = 1_024

export class EventHeap {
  #events: ScheduledEvent[] = []
  #cancelled = 0

  get size(): number {
    return this.#events.length - this.#cancelled
  }

  push(event: ScheduledEvent): void {
    this.#events.push(event)
    siftUp(this.#events, this.#events.length - 1)
  }

  /** Harmless when the event has happened or was cancelled before. */
  cancel(event: ScheduledEvent): void {
    if (event.callback === undefined) return
    event.callback = undefined
    this.#cancelled += 1
    if (this.#cancelled > SWEEP_FROM && this.#cancelled * 2 > this.#events.length) this.#sweep()
  }

  peek(): ScheduledEvent | undefined {
    let first = this.#events[0]
    while (first !== undefined && first.callback === undefined) {
      this.#removeFirst()
      this.#cancelled -= 1
      first = this.#events[0]
    }
    return first
  }

  pop(): ScheduledEvent | undefined {
    const first = this.peek()
    if (first !== undefined) this.#removeFirst()
    return first
  }

  #removeFirst(): void {
    const last = this.#events.pop()
    if (last === undefined || this.#events.length === 0) return
    this.#events[0] = last
    siftDown(this.#events)
  }

  #sweep(): void {
    // A sorted list is a heap.
    this.#events = this.#events.filter((event) => event.callback !== undefined).sort(compare)
    this.#cancelled = 0
  }
}

const compare = (one: ScheduledEvent, other: ScheduledEvent): number =>
  one.at - other.at || one.tieBreak - other.tieBreak || one.sequence - other.sequence

const siftUp = (events: ScheduledEvent[], from: number): void => {
  let index = from
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!swapIfLater(events, parent, index)) return
    index = parent
  }
}

const siftDown = (events: ScheduledEvent[]): void => {
  let index = 0
  for (;;) {
    const earlier = earlierChild(events, index)
    if (earlier === undefined || !swapIfLater(events, index, earlier)) return
    index = earlier
  }
}

const earlierChild = (events: readonly ScheduledEvent[], parent: number): number | undefined => {
  const left = events[2 * parent + 1]
  const right = events[2 * parent + 2]
  if (left === undefined) return undefined
  return right !== undefined && compare(right, left) < 0 ? 2 * parent + 2 : 2 * parent + 1
}

const swapIfLater = (events: ScheduledEvent[], upper: number, lower: number): boolean => {
  const above = events[upper]
  const below = events[lower]
  if (above === undefined || below === undefined || compare(above, below) <= 0) return false
  events[upper] = below
  events[lower] = above
  return true
}
