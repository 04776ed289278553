/**
 * Publishing a definition at a running node.
 *
 *   compiled ──▶ is that version free? ──▶ stored ──▶ in the catalogue ──▶ proposals that named it are judged again
 *
 *   P1  A published version never changes: the same content again is no change, other content is refused.
 *   P2  It is durable before anybody can start it.
 */
import { jsonOf } from '../definition/build.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Store } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import { type Catalogue, DEFINITIONS } from './catalogue.ts'
import { publishing, refreshCatalogue } from './definition-rows.ts'
import type { Engine } from './engine.ts'
import { storeRefusal } from './store-refusal.ts'

export interface Published {
  /** It was there already. */
  readonly replayed: boolean
}

/** Every node holds all its definitions in memory. */
const MAX_DEFINITIONS = 5_000

export class Publisher {
  readonly #engine: Engine
  readonly #store: Store
  #last: Promise<unknown> = Promise.resolve()

  constructor(engine: Engine, store: Store) {
    this.#engine = engine
    this.#store = store
  }

  /** One after another, for two contents of one version must not both find it free. */
  publish(definition: CompiledDefinition): Promise<Result<Published, Refusal>> {
    const published = this.#last.then(() => this.#publish(definition))
    this.#last = published.catch(() => undefined)
    return published
  }

  async #publish(compiled: CompiledDefinition): Promise<Result<Published, Refusal>> {
    const { catalogue } = this.#engine
    if (catalogue.byHash(compiled.hash) !== undefined) return ok({ replayed: true })
    const unfit = this.#engine.unfit(compiled)
    if (unfit !== undefined) return err(refusal('fix-request', 'unfit-parameters', `${unfit}.`))
    const objection = objectionTo(catalogue, compiled)
    if (objection !== undefined) return err(objection)
    const put = { collection: DEFINITIONS, key: compiled.hash, value: jsonOf(compiled.definition) }
    const beside = publishing(catalogue.published)
    const believed = this.#engine.isShared ? [beside.belief] : []
    const batch = { appends: [], puts: [put, beside.put], removals: [], expected: new Map(), believed }
    const stored = await this.#store.commit(batch)
    if (!stored.ok) return stored.error.code === 'row-mismatch' ? this.#publishAgain(compiled) : err(storeRefusal(stored.error))
    catalogue.published = beside.put.value
    catalogue.add(compiled)
    await this.#judgeAgain()
    return ok({ replayed: false })
  }

  /** Another process has published meanwhile, perhaps this very version. */
  async #publishAgain(compiled: CompiledDefinition): Promise<Result<Published, Refusal>> {
    await refreshCatalogue(this.#engine.catalogue, this.#store)
    return this.#publish(compiled)
  }

  async #judgeAgain(): Promise<void> {
    for await (const { id, facility, pending } of this.#engine.register.atWork()) {
      if (pending && this.#engine.authority.isAuthority(facility)) void this.#engine.insist({ kind: 'judge', workflow: id })
    }
  }
}

const objectionTo = (catalogue: Catalogue, { definition: { name, version } }: CompiledDefinition): Refusal | undefined => {
  const latest = catalogue.byName(name)?.definition.version ?? 0
  if (catalogue.byName(name, version) !== undefined) {
    const message = `${name} version ${version} is published with another content and never changes; version ${latest + 1} is free.`
    return refusal('fix-request', 'version-exists', message)
  }
  if (catalogue.all().length < MAX_DEFINITIONS) return undefined
  return refusal('ask-person', 'too-many-definitions', `This node holds ${MAX_DEFINITIONS} definitions and takes no more.`)
}
