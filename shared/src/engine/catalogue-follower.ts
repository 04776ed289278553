/**
 * Publishes at this node what the catalogues of its homes name, when it hears of it and at its start.
 *
 *   K1  Nothing is published that does not have the hash it stands under.
 *   K2  What can't be published here is told once, and tried again in the next life; the rest goes on.
 */
import { compileAuthored } from '../definition/compile.ts'
import { catalogueIdOf } from '../values/ids.ts'
import { isJsonObject, type Json } from '../values/json.ts'
import type { Engine } from './engine.ts'
import type { Publisher } from './publishing.ts'

export interface FollowerParts {
  readonly engine: Engine
  readonly publisher: Pick<Publisher, 'publish'>
  readonly onProblem: (hash: string, problem: string) => void
}

export class CatalogueFollower {
  readonly #parts: FollowerParts
  readonly #seen = new Set<string>()
  readonly #stopListening: () => void

  constructor(parts: FollowerParts) {
    this.#parts = parts
    this.#stopListening = parts.engine.onCommitted(({ papers }) => {
      for (const { paper } of papers) if (paper.name.kind === 'catalogue') void this.#follow(paper.content.definitions)
    })
  }

  /** Looks at the catalogues that earlier lives heard of. */
  async start(): Promise<void> {
    const { engine } = this.#parts
    for await (const { kind, facility } of engine.register.papers()) {
      if (kind !== 'catalogue') continue
      const name = { id: catalogueIdOf(facility), home: facility, kind } as const
      const read = await engine.register.between(() => engine.units.paper(name))
      if (read.ok && read.value !== undefined) await this.#follow(read.value.paper.content.definitions)
    }
  }

  close(): void {
    this.#stopListening()
  }

  async #follow(definitions: Json | undefined): Promise<void> {
    for (const [hash, text] of Object.entries(isJsonObject(definitions) ? definitions : {})) {
      if (this.#seen.has(hash) || typeof text !== 'string') continue
      this.#seen.add(hash)
      const problem = await this.#adopt(hash, text)
      if (problem !== undefined) this.#parts.onProblem(hash, problem)
    }
  }

  async #adopt(hash: string, text: string): Promise<string | undefined> {
    const compiled = compileAuthored(parsed(text))
    if (!compiled.ok) return compiled.error.map(({ path, message }) => `${path}: ${message}`).join('; ')
    if (compiled.value.hash !== hash) return `its content has the hash ${compiled.value.hash}`
    const published = await this.#parts.publisher.publish(compiled.value)
    return published.ok ? undefined : published.error.message
  }
}

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
