/**
 * Follows one workflow's log as it grows, commit by commit, over all lives of its gateway: folds each entry once more, holds it against
 * the rules of log-audit.ts, and compares what the engine shows with that fold.
 */
import type { CompiledDefinition } from '@holdfast/shared/definition'
import type { News } from '@holdfast/shared/engine'
import { assertInvariant, type History, InvariantBroken } from '@holdfast/shared/testing'
import { evolve, type LogEntry, type WorkflowState, wanted } from '@holdfast/shared/workflow'
import { definitionOf } from '../world/definitions.ts'
import { sameState } from './canonical.ts'
import { LogAudit } from './log-audit.ts'
import { notePath } from './paths.ts'

const definitionNow = (id: string, { definition }: { readonly definition: string }): CompiledDefinition => {
  const known = definitionOf(definition)
  if (known === undefined) throw new InvariantBroken({ invariant: 'I18 a workflow keeps its definition', details: { id } })
  return known
}

export class Follower {
  readonly id: string
  definition: CompiledDefinition
  readonly audit: LogAudit
  state: WorkflowState | undefined
  /** What its attempts at work hold. */
  holds: ReturnType<typeof wanted>['holds'] = []
  readonly #history: History

  constructor({ id, state, log }: News, history: History) {
    const [first] = log()
    const definition = first?.event.type === 'created' ? definitionNow(id, first.event) : definitionNow(id, state)
    this.id = id
    this.audit = new LogAudit(id, definition)
    this.definition = definition
    this.#history = history
  }

  get length(): number {
    return this.state?.length ?? 0
  }

  /** What a commit brought. Where the commit before was not heard of, for a crash came between, the log is read on from there. */
  take({ id, from, entries, state, log }: News): void {
    assertInvariant('I1 I16 a log only grows', from >= this.length, () => ({ id, from, known: this.length }))
    for (const entry of from === this.length ? entries : [...log()].slice(this.length)) this.#fold(entry)
    assertInvariant('I16 I18 what is shown is the fold of the log', sameState(this.state, state), () => ({ id, length: this.length }))
    this.#mustWant(state)
  }

  #fold(entry: LogEntry): void {
    const before = this.state
    const after = evolve(before, entry)
    if (after === undefined) throw new InvariantBroken({ invariant: 'I18 a log begins with its creation', details: { id: this.id } })
    if (entry.event.type === 'migrated') this.definition = this.audit.adopt(definitionNow(this.id, after))
    this.audit.take(before, entry, after)
    this.state = after
    notePath(this.#history, entry.event, after)
  }

  #mustWant(state: WorkflowState): void {
    const { holds, ...rest } = wanted(this.definition, this.id, state)
    this.holds = holds
    const { concurrency = holds.length } = this.definition.definition.limits ?? {}
    assertInvariant('I22 no more at once than its definition allows', holds.length <= concurrency, () => ({ id: this.id, concurrency }))
    if (state.status !== 'active') return
    const wants = Object.values(rest)
    const something = wants.some((want) => (Array.isArray(want) ? want.length > 0 : want !== undefined))
    assertInvariant('I19 who is active wants something', something, () => ({
      id: this.id,
      length: state.length,
    }))
  }
}
