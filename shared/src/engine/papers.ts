/**
 * The papers in memory: catalogues and plans, read from the store when somebody asks for one, and dropped when there are too many.
 * Nobody is their authority: whoever may edit writes, and all copies agree.
 *
 * The library beneath is large, so this file and what it imports are loaded when a node first has a paper to read.
 */
import { loadPaper, openPaper, type Paper, type PaperName } from '../document/paper/index.ts'
import { type Append, type Put, type Store, StoreFailure } from '../ports/store.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Core } from './core.ts'
import type { Answer } from './inputs.ts'
import { NO_SUCH_PAPER, type PaperInput } from './paper-input.ts'
import { type From, paperPut, takeChange, takeEdit } from './paper-turn.ts'
import { storeRefusal } from './store-refusal.ts'
import type { Turn } from './turn.ts'
import type { Author } from './unit.ts'

const MAX_IN_MEMORY = 64

/** One paper, and what this turn adds to it. */
export class PaperUnit {
  readonly paper: Paper
  /** Changes the store holds. */
  version: number
  #appends: Append[] = []

  constructor(paper: Paper, version: number) {
    this.paper = paper
    this.version = version
  }

  get id(): string {
    return this.paper.name.id
  }

  get home(): string {
    return this.paper.name.home
  }

  keep(update: Uint8Array, origin: string): void {
    this.#appends.push({ document: this.id, home: this.home, origin, update })
  }

  flush(): Result<readonly Append[], Refusal> {
    return ok(this.#appends)
  }

  /** The row by which it is listed. */
  put(): Put {
    return paperPut(this)
  }

  committed(): void {
    this.version += this.#appends.length
    this.#appends = []
  }
}

export class Papers {
  readonly #store: Store
  readonly #author: Pick<Author, 'clientId'>
  /** Least recently used first. */
  readonly #units = new Map<string, PaperUnit>()

  constructor(store: Store, author: Pick<Author, 'clientId'>) {
    this.#store = store
    this.#author = author
  }

  peek(id: string): PaperUnit | undefined {
    return this.#units.get(id)
  }

  /** Loaded, or begun: a paper that nobody has written is empty. Undefined for one of another home. */
  async load(name: PaperName): Promise<Result<PaperUnit | undefined, Refusal>> {
    const { id, home } = name
    const known = this.#units.get(id)
    if (known !== undefined) return ok(this.#used(known))
    try {
      const stored = await this.#store.document(id)
      const meanwhile = this.#units.get(id)
      if (meanwhile !== undefined) return ok(meanwhile)
      if (stored !== undefined && stored.home !== home) return ok(undefined)
      const { clientId } = this.#author
      const paper = stored === undefined ? ok(openPaper(name, clientId)) : loadPaper(name, clientId, stored.updates)
      return paper.ok ? ok(this.#used(new PaperUnit(paper.value, stored?.version ?? 0))) : paper
    } catch (thrown) {
      if (thrown instanceof StoreFailure) return err(storeRefusal(thrown.reason))
      throw thrown
    }
  }

  /** What an input leads to that edits a paper loaded for it. */
  edit(core: Core, turn: Turn, input: PaperInput): Result<Answer, Refusal> {
    const unit = this.#units.get(input.paper.id)
    return unit === undefined ? err(NO_SUCH_PAPER) : takeEdit(core, turn, unit, input)
  }

  /** A change that a peer sent. */
  take(core: Core, turn: Turn, unit: PaperUnit, from: From, change: Uint8Array): Refusal | undefined {
    return takeChange(core, turn, unit, from, change)
  }

  evict(id: string): void {
    this.#units.delete(id)
  }

  /** Between turns only. */
  trim(): void {
    for (const [id, { paper }] of this.#units) if (this.#units.size > MAX_IN_MEMORY || paper.isEmpty) this.#units.delete(id)
  }

  #used(unit: PaperUnit): PaperUnit {
    this.#units.delete(unit.id)
    this.#units.set(unit.id, unit)
    return unit
  }
}
