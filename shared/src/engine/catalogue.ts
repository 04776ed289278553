/** The definitions a node knows: by content hash for running workflows, by name and version for starting new ones. */
import { compileDefinition } from '../definition/compile.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Definition } from '../definition/definition.ts'

export const DEFINITIONS = 'definitions'

export class Catalogue {
  readonly #byHash = new Map<string, CompiledDefinition>()

  add(definition: CompiledDefinition): void {
    this.#byHash.set(definition.hash, definition)
  }

  /** Compiles it first; a definition that no longer compiles is left out and named. */
  addPlain(definition: Definition): string | undefined {
    const compiled = compileDefinition(definition)
    if (!compiled.ok)
      return `${definition.name} version ${definition.version}: ${compiled.error.map((problem) => problem.message).join('; ')}`
    this.add(compiled.value)
    return undefined
  }

  byHash(hash: string): CompiledDefinition | undefined {
    return this.#byHash.get(hash)
  }

  /** That version, or the highest known. */
  byName(name: string, version?: number): CompiledDefinition | undefined {
    let best: CompiledDefinition | undefined
    for (const each of this.#byHash.values()) {
      const { definition } = each
      if (definition.name !== name || (version !== undefined && definition.version !== version)) continue
      if (best === undefined || definition.version > best.definition.version) best = each
    }
    return best
  }

  all(): readonly CompiledDefinition[] {
    return [...this.#byHash.values()]
  }
}
