/**
 * What lists are made from: of each workflow only what lists filter and sort by, so that a page is found without reading every row. It is
 * filled from the store when somebody first asks for a list, and kept up by commits from then on; the rows of a page are read one by one.
 */
import type { Engine } from '../engine/engine.ts'
import { unlessDamaged } from '../engine/rows.ts'
import type { Summary } from '../engine/summary.ts'
import { type Listed, type ListPosition, type ListQuery, pageOf } from './listing.ts'

type Source = Pick<Engine, 'summaries' | 'summary' | 'onCommitted'>

export class WorkflowIndex {
  readonly #engine: Source
  readonly #listed = new Map<string, Listed>()
  /** One object for all workflows of a definition. */
  readonly #definitions = new Map<string, Listed['definition']>()
  #filled: Promise<void> | undefined

  constructor(engine: Source) {
    this.#engine = engine
    engine.onCommitted(({ summaries }) => {
      if (this.#filled !== undefined) for (const summary of summaries) this.#listed.set(summary.id, this.#entryOf(summary))
    })
  }

  async page(query: ListQuery): Promise<{ readonly items: readonly Summary[]; readonly next?: ListPosition }> {
    this.#filled ??= this.#fill()
    await this.#filled
    const { items, next } = pageOf(this.#listed.values(), query)
    const rows: Summary[] = []
    for (const { id } of items) {
      const row = await unlessDamaged(this.#engine.summary(id))
      if (row === undefined) this.#listed.delete(id)
      else rows.push(row)
    }
    return next === undefined ? { items: rows } : { items: rows, next }
  }

  async #fill(): Promise<void> {
    try {
      // What a commit has told meanwhile is newer than what is read.
      for await (const row of this.#engine.summaries()) if (!this.#listed.has(row.id)) this.#listed.set(row.id, this.#entryOf(row))
    } catch (error) {
      this.#filled = undefined
      throw error
    }
  }

  #entryOf({ id, facility, key, title, definition: { name }, status, priority, createdAt, updatedAt }: Summary): Listed {
    const definition = this.#definitions.get(name) ?? { name }
    this.#definitions.set(name, definition)
    return { id, facility, key, title, definition, status, priority, createdAt, updatedAt }
  }
}
