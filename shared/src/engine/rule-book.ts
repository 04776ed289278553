/**
 * Publishing a domain rule at a running node (CON-3): its cases are run, it is stored, and it counts from the next turn on. A published
 * version never changes; to take a rule back, publish a version of it that never objects.
 */
import { compileRule, plain } from '../conflict/rules/compile.ts'
import type { CompiledRule } from '../conflict/rules/rule.ts'
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import type { Store } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { publishing, readPublished } from './definition-rows.ts'
import type { Engine } from './engine.ts'
import { rowsOf } from './rows.ts'
import { storeRefusal } from './store-refusal.ts'

export const DOMAIN_RULES = 'rules'

/** Every node holds all its rules in memory, and asks each of them. */
const MAX_RULES = 1_000

export class RuleBook {
  readonly shelf: RuleShelf
  readonly #engine: Pick<Engine, 'insist' | 'isShared'>
  readonly #store: Store
  #last: Promise<unknown> = Promise.resolve()

  constructor(engine: Pick<Engine, 'insist' | 'isShared'>, store: Store, shelf: RuleShelf) {
    this.#engine = engine
    this.#store = store
    this.shelf = shelf
  }

  /** One after another, for two texts of one version must not both find it free. */
  publish(rule: CompiledRule): Promise<Result<{ readonly replayed: boolean }, Refusal>> {
    const published = this.#last.then(() => this.#publish(rule))
    this.#last = published.catch(() => undefined)
    return published
  }

  /** What the rules say now may let begin what was held, and hold what was about to begin. */
  changed(): void {
    void this.#engine.insist({ kind: 'dispatch' })
  }

  async #publish(compiled: CompiledRule): Promise<Result<{ readonly replayed: boolean }, Refusal>> {
    const { id, version } = compiled.rule
    const known = this.shelf.find(id, version)
    if (known?.hash === compiled.hash) return ok({ replayed: true })
    if (known !== undefined) {
      return err(refusal('fix-request', 'version-exists', `${id} version ${version} is published with another content and never changes.`))
    }
    if (this.shelf.all.length >= MAX_RULES)
      return err(refusal('ask-person', 'too-many-rules', `This node holds ${MAX_RULES} rules and takes no more.`))
    const put = { collection: DOMAIN_RULES, key: `${id}.${version}`, value: plain(compiled.rule) }
    const beside = publishing(await readPublished(this.#store))
    const believed = this.#engine.isShared ? [beside.belief, { collection: put.collection, key: put.key }] : []
    const stored = await this.#store.commit({ appends: [], puts: [put, beside.put], removals: [], expected: new Map(), believed })
    if (!stored.ok) return stored.error.code === 'row-mismatch' ? this.#publishAgain(compiled) : err(storeRefusal(stored.error))
    this.shelf.add(compiled)
    this.changed()
    return ok({ replayed: false })
  }

  /** Another process has published meanwhile, perhaps this very version. */
  async #publishAgain(compiled: CompiledRule): Promise<Result<{ readonly replayed: boolean }, Refusal>> {
    await restoreRules(this.#store, this.shelf)
    return this.#publish(compiled)
  }
}

/** Puts what earlier lives, or other processes, published on the shelf. What stands there already is the folder's, which is the node's own. */
export const restoreRules = async (store: Pick<Store, 'list'>, shelf: RuleShelf): Promise<readonly string[]> => {
  const problems: string[] = []
  for await (const { key, value } of rowsOf(
    store,
    DOMAIN_RULES,
    (damaged) => void problems.push(`the stored rule ${damaged} is damaged`),
  )) {
    const compiled = compileRule(value)
    if (!compiled.ok) problems.push(`rule ${key}: ${compiled.error.map(({ message }) => message).join('; ')}`)
    else if (shelf.find(compiled.value.rule.id, compiled.value.rule.version) === undefined) shelf.add(compiled.value)
  }
  return problems
}
