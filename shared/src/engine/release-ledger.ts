/**
 * What one workflow has released or is about to: decisions that were answered, and effects — what the world sees of its wants. Each stands
 * at the place in the home's feed of the commit that brought it; when the hub has acknowledged that place, it counts no more.
 *
 *   wanted ──▶ held ──show──▶ shown ──acknowledged──▶ settled, while it is wanted
 */
import type { Released } from '../consistency/gate.ts'
import type { Wanted } from '../workflow/want.ts'

interface Effect {
  readonly place: number
  /** Monotonic: since when it is wanted. */
  readonly at: number
  /** Monotonic; once shown it stays shown. */
  readonly shownAt?: number
}

export class ReleaseLedger {
  readonly home: string
  /** Where what was released before this life ends, if nobody knows what that was. */
  #inherited: number
  /** Where its policy was last changed. */
  changedAt: number
  #effects = new Map<string, Effect>()
  #decisions: readonly Effect[] = []

  constructor(home: string, inherited: number) {
    this.home = home
    this.#inherited = inherited
    this.changedAt = inherited
  }

  /** All effects that are wanted now; the new ones were brought by the commit at this place. */
  want(effects: readonly string[], place: number, at: number): void {
    this.#effects = new Map(effects.map((id) => [id, this.#effects.get(id) ?? { place, at }]))
  }

  /** Nothing of what was released before this life waits for the hub. */
  inheritNothing(): void {
    this.#inherited = 0
  }

  decided(place: number, at: number): void {
    this.#decisions = [...this.#decisions, { place, at, shownAt: at }]
  }

  find(effect: string): Effect | undefined {
    return this.#effects.get(effect)
  }

  show(id: string, at: number): void {
    const effect = this.#effects.get(id)
    if (effect !== undefined) this.#effects.set(id, { ...effect, shownAt: at })
  }

  released(acknowledged: number): Released {
    const open = [...this.#decisions, ...this.#effects.values()].filter(
      ({ place, shownAt }) => shownAt !== undefined && place > acknowledged,
    )
    const oldestAt = open.reduce((oldest, { shownAt = oldest }) => Math.min(oldest, shownAt), Number.POSITIVE_INFINITY)
    const known: Released = open.length === 0 ? { count: 0 } : { count: open.length, oldestAt }
    return acknowledged < this.#inherited ? { ...known, unknown: true } : known
  }

  /** How many are held, and since when the oldest of them. */
  get held(): { readonly effects: number; readonly since: number } | undefined {
    const held = [...this.#effects.values()].filter(({ shownAt }) => shownAt === undefined)
    return held.length === 0 ? undefined : { effects: held.length, since: Math.min(...held.map(({ at }) => at)) }
  }

  /** Forgets decisions that the hub has. */
  settle(acknowledged: number): void {
    this.#decisions = this.#decisions.filter(({ place }) => place > acknowledged)
  }

  /** Nothing depends on it any more. */
  isIdle(acknowledged: number): boolean {
    return this.#effects.size === 0 && this.#decisions.length === 0 && this.changedAt <= acknowledged && this.#inherited <= acknowledged
  }
}

export const stopEffect = (task: string): string => `${task}/stop`
export const startEffect = (key: string): string => `start ${key}`
export const childEffect = (ask: string, workflow: string): string => `${ask} ${workflow}`

/** What the world would see of these wants, each under a name of its own. */
export const effectsOf = ({ tasks, calls, starts, children }: Wanted): readonly string[] => [
  ...tasks.flatMap(({ task, stop, accepted }) => (stop !== undefined ? [stopEffect(task)] : accepted ? [] : [task])),
  ...calls.map(({ id }) => id),
  ...starts.map(({ key }) => startEffect(key)),
  ...children.map(({ ask, workflow }) => childEffect(ask, workflow)),
]
