/**
 * The definitions a node knows: by content hash for running workflows, by name and version for starting new ones. Two contents of one
 * version are both kept, for workflows under way may rest on either; what is started now rests on the one added last.
 */
import { compileDefinition } from '../definition/compile.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Definition } from '../definition/definition.ts'
import type { Json } from '../values/json.ts'

export const DEFINITIONS = 'definitions'

export class Catalogue {
  /** The row of definition-rows.ts as it was when all that it tells of was known here. */
  published: Json | undefined
  readonly #byHash = new Map<string, CompiledDefinition>()

  add(definition: CompiledDefinition): void {
    // Deleted first, for a map remembers when a key was first set.
    this.#byHash.delete(definition.hash)
    this.#byHash.set(definition.hash, definition)
  }

  /** Adds one that its author gives as the text of its version now; says so where that version had another text before. */
  addAuthored(definition: CompiledDefinition): string | undefined {
    const { name, version } = definition.definition
    const others = this.all().filter((each) => each.definition.name === name && each.definition.version === version)
    this.add(definition)
    if (others.every(({ hash }) => hash === definition.hash)) return undefined
    return `${name} version ${version} was changed without a new version: what runs keeps the text it began with, new starts take the present one`
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

  /** That version, or the highest known; of one version, the text added last. */
  byName(name: string, version?: number): CompiledDefinition | undefined {
    let best: CompiledDefinition | undefined
    for (const each of this.#byHash.values()) {
      const { definition } = each
      if (definition.name !== name || (version !== undefined && definition.version !== version)) continue
      if (best === undefined || definition.version >= best.definition.version) best = each
    }
    return best
  }

  all(): readonly CompiledDefinition[] {
    return [...this.#byHash.values()]
  }
}
