/**
 * The engine's side of the consistency policies: what a turn decided and what a commit brought go through here before anybody sees them,
 * and what the hub says comes in here.
 *
 *   turn ──▶ consistency-turn     may it be decided?
 *   commit ─▶ release             may its effects be seen?
 *          └▶ held answers        may its decisions be answered?
 */
import type { Authorities, Line } from '../consistency/index.ts'
import type { Consistency, ConsistencyLevel } from '../definition/schema-consistency.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { consistencyOf } from '../workflow/set-consistency.ts'
import type { Catalogue } from './catalogue.ts'
import { ConsistencyTurn } from './consistency-turn.ts'
import { type HeldAnswer, HeldAnswers } from './held-answers.ts'
import type { Input } from './inputs.ts'
import { Release } from './release.ts'
import type { Turn } from './turn.ts'
import type { Unit } from './unit.ts'

export interface OutletParts {
  readonly clock: Clock
  readonly store: Pick<Store, 'feedEnd'>
  readonly authority: Authorities
  readonly catalogue: Catalogue
  readonly hasHub?: boolean
  /** What is held of this workflow may be shown by now. */
  readonly again: (workflow: string) => void
  readonly insist: (input: Input) => unknown
}

/** What the policies hold back at this moment, and have refused in this life. */
export interface OutletLoad {
  readonly heldEffects: number
  readonly heldAnswers: number
  readonly refusals: Readonly<Record<ConsistencyLevel, number>>
}

/** An input that was taken, with the result it is to be answered with, and how. */
export interface Answered extends Pick<HeldAnswer, 'answer' | 'result'> {
  readonly input: Input
}

export class Outlet {
  readonly release: Release
  readonly #parts: OutletParts
  readonly #answers: HeldAnswers
  /** Workflows with proposals that could not be decided when they came. */
  readonly #unjudged = new Set<string>()
  readonly #listeners = new Set<() => void>()

  constructor(parts: OutletParts) {
    const { clock, authority, hasHub = false, again } = parts
    this.#parts = parts
    this.#answers = new HeldAnswers(clock)
    const policyOf = ({ state }: Unit): Consistency => this.policyOf(state?.definition, state)
    const assign = (): void => this.#goOn()
    this.release = new Release({ clock, authority, hasHub, policyOf, again, assign })
  }

  /** Of a workflow, or of one that is to be created from this definition. */
  policyOf(definition: string | undefined, state?: Unit['state']): Consistency {
    const known = definition === undefined ? undefined : this.#parts.catalogue.byHash(definition)
    return consistencyOf(known?.definition ?? {}, state)
  }

  turn(): ConsistencyTurn {
    return new ConsistencyTurn(this.release)
  }

  /** Proposals wait in this workflow until they may be decided. */
  postpone({ id, home }: Unit): void {
    this.#unjudged.add(id)
    const { authority, clock } = this.#parts
    if (!authority.standing(home, clock.now()).mayDecide) this.release.lookAgain(id)
  }

  close(): void {
    this.release.close()
    this.#answers.close()
  }

  // ── what a turn brings ──

  /** After the commit, before anything is carried out or answered. */
  async committed({ touched, consistency, appended }: Pick<Turn, 'touched' | 'consistency' | 'appended'>): Promise<void> {
    const { release } = this
    const { authority, store } = this.#parts
    const concerned = [...touched].filter((unit) => unit.state !== undefined && authority.isAuthority(unit.home) && release.concerns(unit))
    if (concerned.length === 0 && consistency.answers.size === 0) return
    for (const home of appended.keys()) release.grew(home, await store.feedEnd(home))
    for (const unit of concerned) if (unit.version === 0) release.born(unit)
    for (const unit of consistency.decided) if (release.concerns(unit)) release.decided(unit)
    for (const unit of consistency.changed) release.changed(unit)
  }

  answer({ input, answer, result }: Answered, { answers }: ConsistencyTurn): void {
    const { release } = this
    const policy = answers.get(input)?.policy
    if (input.kind !== 'will' || policy?.level !== 'strong') return answer(result)
    const { home, workflow: document } = input
    const place = release.endOf(home)
    if (place <= release.acknowledgedOf(home)) return answer(result)
    this.#answers.hold({ home, document, place, epoch: this.#parts.authority.epochOf(home), answer, result })
  }

  get load(): OutletLoad {
    const { held, refusals } = this.release
    return { heldEffects: held, heldAnswers: this.#answers.count, refusals: { ...refusals } }
  }

  // ── what the hub says ──

  acknowledged(home: string, upTo: number): void {
    if (upTo <= this.release.acknowledgedOf(home)) return
    this.release.acknowledged(home, upTo)
    this.#answerHeld(home)
    for (const listener of this.#listeners) listener()
  }

  /** Called when the hub has more. */
  onNews(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #answerHeld(home: string): void {
    const { authority, clock } = this.#parts
    const isValid = authority.isAuthority(home) && authority.standing(home, clock.now()).mayDecide
    this.#answers.acknowledged(home, this.release.acknowledgedOf(home), isValid ? authority.epochOf(home) : undefined)
  }

  /** The hub did not take an update of this document. */
  refused(home: string, document: string): void {
    this.release.refused(document)
    this.#answers.refused(home, document)
  }

  get line(): Line {
    return this.release.line
  }

  set line(line: Line) {
    this.release.line = line
  }

  #goOn(): void {
    const waiting = [...this.#unjudged]
    this.#unjudged.clear()
    for (const home of this.#parts.authority.homes) this.#answerHeld(home)
    for (const workflow of waiting) this.#parts.insist({ kind: 'judge', workflow })
    this.#parts.insist({ kind: 'dispatch' })
  }
}
