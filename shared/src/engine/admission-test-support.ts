/** A node whose functions end only when they are told to, so that a test sees who is at work together. */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Priority } from '../definition/definition.ts'
import type { AttemptError, Performer } from '../ports/performer.ts'
import { workflowIdOf } from '../values/ids.ts'
import type { Json } from '../values/json.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Alert } from './alerts.ts'
import { type Limits, NO_LIMITS } from './limits.ts'
import { type ControlledStore, HOME, TestNode } from './test-support.ts'

interface Start {
  readonly input?: Json
  readonly priority?: Priority
  readonly by?: string
}

type Outcome = Result<Json, AttemptError>

export class Workshop {
  /** Calls in the order in which they were made, with the virtual moment of each. */
  readonly begun: { readonly id: string; readonly at: number }[] = []
  readonly alerts: Alert[] = []
  readonly #open = new Map<string, (outcome: Outcome) => void>()
  #node: TestNode | undefined

  static async open(store: ControlledStore, definitions: readonly CompiledDefinition[], limits: Partial<Limits> = {}): Promise<Workshop> {
    const workshop = new Workshop()
    const onAlert = (alert: Alert): void => void workshop.alerts.push(alert)
    const functions = new Map([['f', workshop.#performer()]])
    workshop.#node = await TestNode.open({ store, definitions, functions, limits: { ...NO_LIMITS, ...limits }, onAlert })
    return workshop
  }

  get node(): TestNode {
    if (this.#node === undefined) throw new Error('not open')
    return this.#node
  }

  /** @returns the workflow, or the code of the refusal */
  async start(definition: CompiledDefinition, key: string, { input = {}, priority = 'normal', by = 'ann' }: Start = {}): Promise<string> {
    const workflow = workflowIdOf(HOME, key)
    const command = { type: 'create', home: HOME, key, definition: definition.hash, title: key, priority, input } as const
    const started = await this.node.submit({ kind: 'will', workflow, home: HOME, command, by, reason: 'start' })
    return started.ok ? workflow : started.error.code
  }

  /** The process dies; calls under way are not heard of again. */
  async restart(limits?: Partial<Limits>): Promise<void> {
    this.#open.clear()
    this.#node = await this.node.restart(limits === undefined ? {} : { limits: { ...NO_LIMITS, ...limits } })
  }

  #performer(): Performer {
    return {
      safety: 'idempotent',
      perform: ({ id }) => {
        this.begun.push({ id, at: this.node.clock.now().wall })
        const { promise, resolve } = Promise.withResolvers<Outcome>()
        this.#open.set(id, resolve)
        return promise
      },
    }
  }

  /** Calls that have not ended, oldest first. */
  get atWork(): readonly string[] {
    return [...this.#open.keys()]
  }

  async finish(id: string | undefined, outcome: Outcome = ok(null)): Promise<void> {
    const end = id === undefined ? undefined : this.#open.get(id)
    if (id === undefined || end === undefined) throw new Error(`${id} is not at work`)
    this.#open.delete(id)
    end(outcome)
    await this.node.clock.advance(0)
  }

  fail(id: string | undefined, code = 'broken'): Promise<void> {
    return this.finish(id, err({ code, message: code, retryable: false }))
  }

  /** Who holds what, in an order of its own. */
  get held(): readonly (readonly [pool: string, holders: readonly string[]])[] {
    const { ledger } = this.node.engine.admission
    const names = (pool: string): readonly string[] =>
      ledger
        .holders(pool)
        .map(({ name, amount }) => (amount === 1 ? name : `${name} ×${amount}`))
        .toSorted()
    return ledger
      .pools()
      .toSorted()
      .map((pool) => [pool, names(pool)])
  }
}
