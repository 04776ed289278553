/**
 * The workflows that steps of other workflows run. What a parent wants of each is compared with how it stands, whenever either moved:
 *
 *   wanted            it is not there     under way                           has ended
 *   run               started             resumed, if the parent paused it    its end is told
 *   hold              started             paused                              its end is told
 *   cancel            told as cancelled   cancelled, unless it is too late    its end is told
 *   undo              told as refused     awaited                             undone; told when it has ended otherwise than completed
 *
 * All of this is drawn from what is durable and nothing is remembered, so it may be done again after any restart. About one child one
 * thing is done at a time.
 */
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isTerminal } from '../workflow/status.ts'
import type { WantedChild } from '../workflow/want.ts'
import type { Catalogue } from './catalogue.ts'
import type { Answer, Input } from './inputs.ts'
import type { Unit } from './unit.ts'

export interface ChildrenParts {
  readonly catalogue: Catalogue
  /** A workflow as it stands durably. */
  readonly read: (workflow: string) => Promise<Result<Unit | undefined, Refusal>>
  readonly insist: (input: Input) => Promise<Result<Answer, Refusal>>
  readonly report: (workflow: string, fact: Fact) => Promise<unknown>
}

/** A definition whose step runs itself would otherwise never end. */
const MAX_DEPTH = 8

interface Wish {
  readonly parent: string
  readonly home: string
  readonly want: WantedChild
}

export class Children {
  readonly #parts: ChildrenParts
  /** By the child's id. */
  readonly #wishes = new Map<string, Wish>()
  readonly #ofParent = new Map<string, readonly string[]>()
  readonly #busy = new Set<string>()
  readonly #moved = new Set<string>()
  /** Children that did not take their cancellation: they are awaited. */
  readonly #firm = new Set<string>()

  constructor(parts: ChildrenParts) {
    this.#parts = parts
  }

  setWanted(parent: string, home: string, wants: readonly WantedChild[]): void {
    for (const child of this.#ofParent.get(parent) ?? []) this.#wishes.delete(child)
    if (wants.length === 0) this.#ofParent.delete(parent)
    else {
      this.#ofParent.set(
        parent,
        wants.map(({ workflow }) => workflow),
      )
    }
    for (const want of wants) this.#wishes.set(want.workflow, { parent, home, want })
  }

  /** After a commit that moved this workflow, or at recovery: looks after its children, and after itself as somebody's child. */
  look(workflow: string): void {
    for (const child of [workflow, ...(this.#ofParent.get(workflow) ?? [])]) void this.#lookAfter(child)
  }

  async #lookAfter(child: string): Promise<void> {
    this.#moved.add(child)
    if (this.#busy.has(child)) return
    this.#busy.add(child)
    while (this.#moved.delete(child)) {
      const wish = this.#wishes.get(child)
      if (wish === undefined) this.#firm.delete(child)
      else await this.#serve(wish)
    }
    this.#busy.delete(child)
  }

  async #serve(wish: Wish): Promise<void> {
    const { parent, want } = wish
    const unit = await this.#parts.read(want.workflow)
    // What can't be read is neither started anew nor given up: somebody must mend the store first.
    if (!unit.ok) return
    const state = unit.value?.state
    if (state === undefined) return this.#begin(wish)
    if (state.parent?.workflow !== parent) {
      return this.#tellRefused(
        wish,
        refusal('fix-request', 'key-reused', `${want.key} is the key of a workflow that this step did not start`),
      )
    }
    if (!isTerminal(state.status)) return this.#steer(wish, state)
    if (want.ask === 'undo' && state.status === 'completed') {
      const undone = await this.#will(wish, { type: 'undo', reason: want.reason })
      return undone.ok ? undefined : this.#tellRefused(wish, undone.error)
    }
    return this.#tell(wish, endOf(state))
  }

  async #begin(wish: Wish): Promise<void> {
    const { ask } = wish.want
    if (ask === 'cancel') return this.#tell(wish, { status: 'cancelled', output: null })
    const created = ask === 'undo' ? err(refusal('give-up', 'no-such-workflow', 'it is not there any more')) : await this.#create(wish)
    if (!created.ok) await this.#tellRefused(wish, created.error)
  }

  async #create(wish: Wish): Promise<Result<unknown, Refusal>> {
    const { parent: id, home, want } = wish
    const parent = await this.#parts.read(id)
    const above = parent.ok ? parent.value?.state : undefined
    if (above === undefined) return err(refusal('retry-later', 'parent-unreadable', `${id} can't be read`))
    const known = this.#parts.catalogue.byName(want.definition, want.version)
    if (known === undefined) return err(refusal('ask-person', 'unknown-definition', `this node knows no definition ${want.definition}`))
    const depth = (above.parent?.depth ?? 0) + 1
    if (depth > MAX_DEPTH) return err(refusal('give-up', 'nested-too-deep', `workflows run within workflows at most ${MAX_DEPTH} deep`))
    return this.#will(wish, {
      type: 'create',
      home,
      key: want.key,
      definition: known.hash,
      title: `${known.definition.title} for ${above.title}`.slice(0, MAX_TITLE),
      priority: above.priority,
      input: want.input,
      parent: { workflow: id, step: want.ref, depth },
    })
  }

  async #steer(wish: Wish, state: WorkflowState): Promise<void> {
    const { parent, want } = wish
    if (want.ask === 'cancel') return this.#cancel(wish, state)
    if (want.ask === 'hold' && state.status === 'active' && state.turnedBack === undefined) await this.#will(wish, { type: 'pause' })
    // Whom a person has paused, a person resumes.
    if (want.ask === 'run' && state.pausedBy === actorOf(parent)) await this.#will(wish, { type: 'resume' })
  }

  async #cancel(wish: Wish, { turnedBack }: WorkflowState): Promise<void> {
    const { workflow, reason } = wish.want
    if (this.#firm.has(workflow) || (turnedBack !== undefined && turnedBack.scope === undefined)) return
    const cancelled = await this.#will(wish, { type: 'cancel', reason })
    if (!cancelled.ok) this.#firm.add(workflow)
  }

  #will({ parent, home, want: { workflow } }: Wish, command: Decision): Promise<Result<Answer, Refusal>> {
    return this.#parts.insist({ kind: 'will', workflow, home, command, by: actorOf(parent), reason: command.type })
  }

  async #tellRefused(wish: Wish, { next, code, message }: Refusal): Promise<void> {
    if (next === 'retry-later') return
    await this.#tell(wish, { status: 'refused', output: null, error: { code, message } })
  }

  async #tell({ parent, want: { ref, attempt, purpose } }: Wish, end: Omit<ChildEnded, 'type' | 'of'>): Promise<void> {
    await this.#parts.report(parent, { type: 'child-ended', of: { ref, attempt, purpose }, ...end })
  }
}

type ChildEnded = Extract<Fact, { type: 'child-ended' }>

const MAX_TITLE = 256

const actorOf = (parent: string): string => `workflow ${parent}`

const endOf = ({ status, output = null, turnedBack }: WorkflowState): Omit<ChildEnded, 'type' | 'of'> => {
  if (status === 'completed') return { status, output }
  const ended = status === 'cancelled' ? 'cancelled' : 'failed'
  return turnedBack === undefined ? { status: ended, output: null } : { status: ended, output: null, error: turnedBack.error }
}
