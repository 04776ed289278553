/**
 * What happens on a node, for whoever watches (OBS-1): each entry of each log once it is durable, as a small view with a sentence.
 *
 *   commit ──▶ news ──▶ subscribers, in commit order
 *                ╰────▶ the last `CAPACITY` of them, so that who was away for a moment goes on from its cursor
 *
 * A cursor is ⟨life, number⟩. One of an earlier life, or older than what is kept, is `gone`: its holder looks at the present state first.
 * Subscribers are called at once and must not take long; what one throws reaches nobody else.
 */
import { stepName } from '../workflow/attempt.ts'
import { describeEvent } from '../workflow/describe.ts'
import type { EventType, LogEntry } from '../workflow/event.ts'
import { type Progress, progress, statusPath } from '../workflow/path.ts'
import type { StatusPath } from '../workflow/status.ts'
import type { Catalogue } from './catalogue.ts'
import type { Committed, News } from './committed.ts'

export interface WatchedEvent {
  readonly cursor: string
  readonly workflow: string
  readonly facility: string
  readonly definition: string
  /** Its place in the workflow's history, from 1. */
  readonly position: number
  readonly at: number
  readonly by: string
  /** `workflow.completed`, `step.failed`, … */
  readonly type: string
  readonly step?: string
  readonly text: string
  /** After the commit that the event was part of. */
  readonly status: StatusPath
  readonly progress: Progress
}

export type EventListener = (event: WatchedEvent) => void

interface Watchable {
  readonly life: number
  readonly catalogue: Catalogue
  onCommitted(listener: (committed: Committed) => void): () => void
}

const CAPACITY = 2_000

export class EventStream {
  readonly #engine: Watchable
  readonly #kept: WatchedEvent[] = []
  readonly #listeners = new Set<EventListener>()
  readonly #stop: () => void
  #count = 0

  constructor(engine: Watchable) {
    this.#engine = engine
    this.#stop = engine.onCommitted(({ news }) => {
      for (const each of news) this.#publish(each)
    })
  }

  close(): void {
    this.#stop()
    this.#listeners.clear()
  }

  get watchers(): number {
    return this.#listeners.size
  }

  subscribe(listener: EventListener): () => void {
    // Wrapped, so that one function given twice is two subscriptions.
    const own: EventListener = (event) => listener(event)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** What came after that cursor, oldest first. */
  after(cursor: string): readonly WatchedEvent[] | 'gone' {
    const [life, number] = cursor.split('.').map(Number)
    const first = this.#count - this.#kept.length
    if (life !== this.#engine.life || number === undefined || !(number >= first && number <= this.#count)) return 'gone'
    return this.#kept.slice(number - first)
  }

  #publish(news: News): void {
    for (const event of this.#viewsOf(news)) {
      this.#kept.push(event)
      // Cut seldom, so that a push costs the same however many are kept.
      if (this.#kept.length >= 2 * CAPACITY) this.#kept.splice(0, CAPACITY)
      for (const listener of this.#listeners) quietly(listener, event)
    }
  }

  *#viewsOf({ id, facility, state, from, entries }: News): Generator<WatchedEvent> {
    const definition = this.#engine.catalogue.byHash(state.definition)
    const common = { workflow: id, facility, definition: state.name, status: statusPath(state), progress: progress(state) }
    for (const [index, { at, by, event }] of entries.entries()) {
      this.#count += 1
      const cursor = `${this.#engine.life}.${this.#count}`
      const step = definition === undefined || !('ref' in event) ? undefined : state.steps[event.ref]
      const named = definition === undefined || step === undefined ? {} : { step: stepName(definition, step) }
      const text = definition === undefined ? event.type : describeEvent(definition, state, event)
      yield { cursor, ...common, position: from + index + 1, at, by, type: watchedType(event), ...named, text }
    }
  }
}

const quietly = (listener: EventListener, event: WatchedEvent): void => {
  try {
    listener(event)
  } catch {
    // A watcher's fault is the watcher's: the engine and the others go on.
  }
}

/** Words people filter by, where the log's own differ. */
const WORDS: { readonly [Type in EventType]?: string } = {
  running: 'step.started',
  'step-ready': 'step.ready',
  'step-succeeded': 'step.completed',
  'step-failed': 'step.failed',
  'step-skipped': 'step.skipped',
  'step-cancelled': 'step.cancelled',
  stopped: 'step.cancelled',
}

const watchedType = (event: LogEntry['event']): string => {
  const word = event.type === 'unknown' ? undefined : WORDS[event.type]
  return word ?? `${'ref' in event ? 'step' : 'workflow'}.${event.type}`
}
