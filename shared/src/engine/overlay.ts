/** Changes to a map that may yet come to nothing: seen by whoever looks through it, made when they are kept, forgotten otherwise. */
export class Overlay<Value> {
  readonly #base: Map<string, Value>
  readonly #changes = new Map<string, Value>()

  constructor(base: Map<string, Value>) {
    this.#base = base
  }

  get(key: string): Value | undefined {
    return this.#changes.get(key) ?? this.#base.get(key)
  }

  set(key: string, value: Value): void {
    this.#changes.set(key, value)
  }

  /** As it was before any change. */
  before(key: string): Value | undefined {
    return this.#base.get(key)
  }

  changed(): Iterable<readonly [string, Value]> {
    return this.#changes
  }

  keep(): void {
    for (const [key, value] of this.#changes) this.#base.set(key, value)
    this.#changes.clear()
  }
}
