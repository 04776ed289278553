/**
 * What one seed did: a hash over every line (I30), the last lines of each node for the failure report, how often each thing was
 * counted (faults by kind above all), and which rare paths were reached. Lines feed the hash; counts and paths don't, so a new
 * counter never changes the hash of a kept seed.
 */
import { TraceHash } from './trace-hash.ts'

const DEFAULT_LINES_PER_NODE = 200

interface Line {
  readonly at: number
  readonly text: string
}

export class History {
  readonly #hash = new TraceHash()
  readonly #lines = new Map<string, Line[]>()
  readonly #written = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  readonly #reached = new Set<string>()
  readonly #linesPerNode: number

  constructor(linesPerNode = DEFAULT_LINES_PER_NODE) {
    this.#linesPerNode = linesPerNode
  }

  note(at: number, node: string, text: string): void {
    this.#hash.add(at, node)
    this.#hash.add(at, text)
    const written = this.#written.get(node) ?? 0
    this.#written.set(node, written + 1)
    const lines = this.#lines.get(node)
    if (lines === undefined) this.#lines.set(node, [{ at, text }])
    else lines[written % this.#linesPerNode] = { at, text }
  }

  count(kind: string, by = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + by)
  }

  /** Marks a rare path as taken. */
  reached(path: string): void {
    this.#reached.add(path)
  }

  get hash(): string {
    return this.#hash.value
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  get paths(): ReadonlySet<string> {
    return this.#reached
  }

  /** The last lines of a node, oldest first. */
  lines(node: string): readonly string[] {
    const lines = this.#lines.get(node) ?? []
    const oldest = (this.#written.get(node) ?? 0) % this.#linesPerNode
    const inOrder = lines.length < this.#linesPerNode ? lines : [...lines.slice(oldest), ...lines.slice(0, oldest)]
    return inOrder.map(({ at, text }) => `${at} ${node} ${text}`)
  }

  /** The last lines of every node. */
  report(): string {
    return [...this.#lines.keys()].flatMap((node) => this.lines(node)).join('\n')
  }
}
