/** Moments at which something is due, earliest first: a binary heap in which a newer moment for the same key outdates the older. */
export class Alarms {
  readonly #heap: { readonly at: number; readonly key: string }[] = []
  readonly #current = new Map<string, number>()

  set(key: string, at: number | undefined): void {
    if (this.#current.get(key) === at) return
    if (at === undefined) {
      this.#current.delete(key)
      return
    }
    this.#current.set(key, at)
    this.#heap.push({ at, key })
    this.#rise(this.#heap.length - 1)
  }

  /** The earliest moment still current. */
  next(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#current.get(top.key) === top.at) return top.at
      this.#pop()
    }
    return undefined
  }

  /** Takes out every key whose moment has come, in order. */
  due(now: number): readonly string[] {
    const keys: string[] = []
    for (let at = this.next(); at !== undefined && at <= now; at = this.next()) {
      const { key } = this.#pop()
      this.#current.delete(key)
      keys.push(key)
    }
    return keys
  }

  #pop(): { readonly at: number; readonly key: string } {
    const top = this.#heap[0]
    const last = this.#heap.pop()
    if (top === undefined || last === undefined) throw new RangeError('nothing is due')
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return top
  }

  #rise(start: number): void {
    for (let child = start; child > 0; ) {
      const parent = (child - 1) >> 1
      if (!this.#swapIfEarlier(child, parent)) return
      child = parent
    }
  }

  #sink(start: number): void {
    for (let parent = start; ; ) {
      const left = 2 * parent + 1
      const right = left + 1
      const earlier = this.#isEarlier(right, left) ? right : left
      if (!this.#swapIfEarlier(earlier, parent)) return
      parent = earlier
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    return first !== undefined && (second === undefined || first.at < second.at)
  }

  #swapIfEarlier(a: number, b: number): boolean {
    const first = this.#heap[a]
    const second = this.#heap[b]
    if (first === undefined || second === undefined || first.at >= second.at) return false
    this.#heap[a] = second
    this.#heap[b] = first
    return true
  }
}
