/**
 * The documents in memory. Those of which something is wanted stay; the rest is read from the store when a turn needs it, and leaves when
 * there are too many (least recently used first); ended workflows leave at once. Recovery is nothing but loading: fold, compare, mend.
 */
import type { PaperName } from '../document/paper/kinds.ts'
import { type Store, type StoredDocument, StoreFailure } from '../ports/store.ts'
import { homeDocumentOf } from '../values/ids.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { documentsOf, homesOf, type Input, papersOf } from './inputs.ts'
import type { Papers, PaperUnit } from './papers.ts'
import { creationOf } from './projections.ts'
import { outcomeOfSummary } from './rebuild.ts'
import { GONE, goneRefusal } from './retired.ts'
import { foldRoster, type Roster } from './roster.ts'
import { unlessDamaged } from './rows.ts'
import { type Outcome, outcomeOf } from './standing.ts'
import { storeRefusal } from './store-refusal.ts'
import { isSummary, WORKFLOWS } from './summary.ts'
import { type Author, type Fold, Unit } from './unit.ts'

/** Documents of this node's own homes that nothing in memory depends on: parked, ended, or only looked at. */
const IDLE_OWN = 256
/** Copies of other nodes' documents, which may grow at any moment. */
const IDLE_COPIES = 5_000

export class Units {
  readonly #store: Store
  readonly #author: Author
  readonly #evolve: Fold<WorkflowState>
  readonly #units = new Map<string, Unit>()
  /** Those that nothing in memory depends on, least recently used first. */
  readonly #idle = new Set<string>()
  readonly #maxIdle: number
  /** Of what was last loaded for: documents that were deleted, and what is said of them. */
  readonly #gone = new Map<string, Refusal>()
  readonly #rosters = new Map<string, Unit<Roster>>()
  #papers: Papers | undefined

  constructor(store: Store, author: Author, evolve: Fold<WorkflowState>, ownsHomes: boolean) {
    this.#maxIdle = ownsHomes ? IDLE_OWN : IDLE_COPIES
    this.#store = store
    this.#author = author
    this.#evolve = evolve
  }

  /** In memory now, without looking further. */
  peek(id: string): Unit | undefined {
    return this.#units.get(id)
  }

  /** Loads what the store has; undefined when it has nothing. */
  async load(id: string): Promise<Result<Unit | undefined, Refusal>> {
    const known = this.#units.get(id)
    if (known !== undefined) {
      if (this.#idle.has(id)) this.rest(id)
      return ok(known)
    }
    const read = await this.#stored(id)
    if (!read.ok) return read
    const stored = read.value
    // Somebody else may have loaded or begun it meanwhile; two units of one document would part.
    const meanwhile = this.#units.get(id)
    if (meanwhile !== undefined) return ok(meanwhile)
    if (stored === undefined) return ok(undefined)
    if (isErased(stored)) return this.#blank(id, stored)
    const unit = Unit.load(id, stored, this.#author.clientId, this.#evolve)
    if (!unit.ok) return unit
    this.#units.set(id, unit.value)
    this.settle(unit.value)
    return unit
  }

  /** Erased because its time had come; or given up, to be given back by a peer: then it still counts as what its row says. */
  async #blank(id: string, { home, version }: StoredDocument): Promise<Result<Unit, Refusal>> {
    if ((await unlessDamaged(this.#store.get(GONE, id))) !== undefined) return err(goneRefusal(id))
    const row = await unlessDamaged(this.#store.get(WORKFLOWS, id))
    const meanwhile = this.#units.get(id)
    if (meanwhile !== undefined) return ok(meanwhile)
    const unit = Unit.create(id, home, this.#author.clientId, this.#evolve, version)
    this.#units.set(id, unit)
    this.settle(unit, isSummary(row) ? outcomeOfSummary(row) : undefined)
    return ok(unit)
  }

  /** The document as its first updates made it: the one in memory where it stands there, else read anew. */
  standAt(id: string, home: string, updates: readonly Uint8Array[]): Unit | undefined {
    const known = this.#units.get(id)
    if (known?.version === updates.length) return known
    const unit = Unit.load(id, { home, version: updates.length, updates }, this.#author.clientId, this.#evolve)
    if (unit.ok) this.#units.set(id, unit.value)
    return unit.ok ? unit.value : undefined
  }

  /** It was read, and nobody has looked what the store's rows say of it. */
  settle(unit: Unit, outcome = outcomeIn(unit)): void {
    unit.rows = { outcome, open: undefined, asked: undefined, conflicts: [] }
    this.rest(unit.id)
  }

  /** Brings everything the inputs speak of into memory; gives those that can't be taken because of what can't be read, and why. */
  async loadFor(inputs: readonly Input[]): Promise<ReadonlyMap<Input, Refusal>> {
    const unreadable = new Map<Input, Refusal>()
    this.#gone.clear()
    for (const home of new Set(inputs.flatMap(homesOf))) await this.roster(home)
    for (const input of inputs) {
      for (const name of papersOf(input)) {
        const loaded = await this.paper(name)
        if (!loaded.ok) unreadable.set(input, loaded.error)
      }
      for (const document of documentsOf(input)) {
        const loaded = this.#units.has(document) ? undefined : await this.load(document)
        if (loaded?.ok !== false) continue
        const isApart = SKIPPED.has(loaded.error.code) && isTakenApart(input)
        if (isApart) this.#gone.set(document, loaded.error)
        else unreadable.set(input, loaded.error)
      }
    }
    return unreadable
  }

  /** Why nothing can be done with a document that the present inputs speak of, if it was deleted or is damaged. */
  goneAmong(document: string): Refusal | undefined {
    return this.#gone.get(document)
  }

  /** The home's own document, loaded or begun. */
  async roster(home: string): Promise<Result<Unit<Roster>, Refusal>> {
    const known = this.#rosters.get(home)
    if (known !== undefined) return ok(known)
    const id = homeDocumentOf(home)
    const read = await this.#stored(id)
    if (!read.ok) return read
    const stored = read.value
    const meanwhile = this.#rosters.get(home)
    if (meanwhile !== undefined) return ok(meanwhile)
    const { clientId } = this.#author
    const unit =
      stored === undefined || isErased(stored)
        ? ok(Unit.create(id, home, clientId, foldRoster, stored?.version ?? 0))
        : Unit.load(id, stored, clientId, foldRoster)
    if (unit.ok) this.#rosters.set(home, unit.value)
    return unit
  }

  async #stored(id: string): Promise<Result<StoredDocument | undefined, Refusal>> {
    try {
      return ok(await this.#store.document(id))
    } catch (thrown) {
      if (thrown instanceof StoreFailure) return err(storeRefusal(thrown.reason))
      throw thrown
    }
  }

  /** Nothing before the first paper is asked for. */
  get papers(): Papers | undefined {
    return this.#papers
  }

  async paper(name: PaperName): Promise<Result<PaperUnit | undefined, Refusal>> {
    const { Papers } = await import('./papers.ts')
    this.#papers ??= new Papers(this.#store, this.#author)
    return this.#papers.load(name)
  }

  peekRoster(home: string): Unit<Roster> | undefined {
    return this.#rosters.get(home)
  }

  create(id: string, home: string): Unit {
    const unit = Unit.create(id, home, this.#author.clientId, this.#evolve)
    this.#units.set(id, unit)
    this.rest(id)
    return unit
  }

  evict(id: string): void {
    this.#units.delete(id)
    this.#idle.delete(id)
  }

  /** Something in memory depends on it: it stays until it rests again. */
  hold(id: string): void {
    this.#idle.delete(id)
  }

  rest(id: string): void {
    if (!this.#units.has(id)) return
    this.#idle.delete(id)
    this.#idle.add(id)
  }

  /** As `evict`, for a document of whatever kind. */
  drop(id: string): void {
    this.evict(id)
    for (const [home, { id: roster }] of this.#rosters) if (roster === id) this.evictRoster(home)
  }

  evictRoster(home: string): void {
    this.#rosters.delete(home)
  }

  /** Between turns only: within one, whatever it loaded must stay. */
  trim(): void {
    this.#papers?.trim()
    for (const id of this.#idle) {
      if (this.#idle.size <= this.#maxIdle) return
      this.evict(id)
    }
  }
}

/** What lets one update of a run be refused and the rest be taken: a line must not stand still for one document. */
const SKIPPED: ReadonlySet<string> = new Set(['gone', 'store-corrupt', 'document-corrupt'])

/** Of what a peer sends each update is answered for itself; and what is to be deleted may be deleted already. */
const isTakenApart = ({ kind }: Input): boolean => kind === 'received' || kind === 'retire'

const isErased = ({ version, updates }: StoredDocument): boolean => version > 0 && updates.every(({ length }) => length === 0)

/** What the rows say of a document as the store holds it. */
const outcomeIn = (unit: Unit): Outcome | undefined => {
  if (unit.state !== undefined) return outcomeOf(unit.state.status)
  return creationOf(unit) === undefined ? undefined : 'open'
}
