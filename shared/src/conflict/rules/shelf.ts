/**
 * The rules that a node goes by: of each the highest version that is known. They come and go while the node runs; a conflict on record says
 * by which version it was found.
 */
import type { JsonObject } from '../../values/json.ts'
import type { CompiledRule, Point } from './rule.ts'

/** A rule that was asked and objects; or could not be asked to its end. */
export interface RuleHit {
  readonly by: CompiledRule
  /** Why it could not be evaluated: what it guards against must not happen for that. */
  readonly error?: string
}

const SEVERITIES = ['critical', 'warning', 'info'] as const

export class RuleShelf {
  readonly #versions = new Map<string, Map<number, CompiledRule>>()
  readonly #listeners = new Set<() => void>()
  #current: readonly CompiledRule[] = []

  /** Another text of a version takes the place of the one before: whoever publishes sees to it that this does not happen. */
  add(rule: CompiledRule): void {
    const { id, version } = rule.rule
    this.#versions.set(id, (this.#versions.get(id) ?? new Map<number, CompiledRule>()).set(version, rule))
    this.#sort()
  }

  remove(id: string, version: number): void {
    this.#versions.get(id)?.delete(version)
    this.#sort()
  }

  /** That version, or the one that counts. */
  find(id: string, version?: number): CompiledRule | undefined {
    const versions = this.#versions.get(id)
    return version === undefined ? this.#current.find(({ rule }) => rule.id === id) : versions?.get(version)
  }

  /** Those that count, the most severe first, then by id. */
  get all(): readonly CompiledRule[] {
    return this.#current
  }

  has(point: Point): boolean {
    return this.#current.some(({ rule }) => rule.on === point)
  }

  /** The first that objects. */
  ask(point: Point, variables: JsonObject): RuleHit | undefined {
    for (const by of this.#current) {
      if (by.rule.on !== point) continue
      const hit = askRule(by, variables)
      if (hit !== undefined) return hit
    }
    return undefined
  }

  /** Called after every change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #sort(): void {
    const latest = [...this.#versions.values()].flatMap((versions) => {
      const highest = [...versions.keys()].toSorted((a, b) => b - a)[0]
      return highest === undefined ? [] : (versions.get(highest) ?? [])
    })
    this.#current = latest.toSorted((a, b) => rank(a) - rank(b) || (a.rule.id < b.rule.id ? -1 : 1))
    for (const listener of this.#listeners) listener()
  }
}

const rank = ({ rule }: CompiledRule): number => SEVERITIES.indexOf(rule.severity)

export const askRule = (by: CompiledRule, variables: JsonObject): RuleHit | undefined => {
  const holds = by.when.evaluate(variables)
  if (!holds.ok) return { by, error: holds.error }
  if (holds.value === true) return { by }
  return holds.value === false ? undefined : { by, error: 'it gives neither true nor false' }
}
