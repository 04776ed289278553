/**
 * On a store that other processes write to as well: takes in what they have committed.
 *
 *   before each turn and each read ─┐
 *   a hint, or `POLL_MS` gone by ───┴▶ feeds grown? ─▶ their documents read on ─▶ told to whoever listens, as after a commit of one's own
 *
 * What is committed during a turn is found by the turn's own commit: versions and believed rows differ, and it is made again (E50, E51).
 * Others' entries are told once each (E52). It runs only while no turn does.
 *
 * Two of these processes never have authority over the same home; copies are all that is followed here.
 */
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import { type PaperName, paperNamed } from '../document/paper/kinds.ts'
import type { Change, Neighbours } from '../ports/neighbours.ts'
import { type Store, StoreFailure } from '../ports/store.ts'
import { homeDocumentOf } from '../values/ids.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Catalogue } from './catalogue.ts'
import { type Committed, type News, newsOf } from './committed.ts'
import { CURSORS, type PeerCursor, parseCursor } from './cursors.ts'
import { refreshCatalogue } from './definition-rows.ts'
import type { PaperUnit } from './papers.ts'
import type { Register } from './register.ts'
import { unlessDamaged } from './rows.ts'
import { restoreRules } from './rule-book.ts'
import { storeRefusal } from './store-refusal.ts'
import type { Summary } from './summary.ts'
import type { Units } from './units.ts'

const PAGE = 1_000

export interface FollowingParts {
  readonly neighbours: Neighbours
  readonly store: Store
  readonly units: Units
  readonly register: Register
  readonly catalogue: Catalogue
  readonly cursors: Map<string, PeerCursor>
  /** Keeps turns waiting meanwhile. */
  readonly alone: (work: () => Promise<void>) => Promise<void>
  readonly announce: (committed: Committed) => void
  readonly onFollow?: (() => Promise<void>) | undefined
  readonly domainRules?: RuleShelf | undefined
}

type Grown = Map<string, Change[]>

export class Following {
  readonly #parts: FollowingParts
  /** Home → the end of its feed up to which everything was taken in. */
  readonly #seen: Map<string, number>
  /** Commits of this process since it last looked. */
  readonly #own = new Set<number>()

  #catchingUp: Promise<Refusal | undefined> | undefined

  /** @param seen the ends of the feeds before anything else was read */
  constructor(parts: FollowingParts, seen: ReadonlyMap<string, number>) {
    this.#parts = parts
    this.#seen = new Map(seen)
  }

  committed(group: number): void {
    this.#own.add(group)
  }

  /** Before a read, and together with whoever asks before it begins. @returns why the store can't be asked, if so */
  catchUp(): Promise<Refusal | undefined> {
    const look = (): Promise<void> => {
      this.#catchingUp = undefined
      return this.follow()
    }
    this.#catchingUp ??= Promise.resolve()
      .then(() => this.#parts.alone(look))
      .then(() => undefined, refusalOf)
    return this.#catchingUp
  }

  /** Throws where the store can't be asked; then all is taken in the next time. */
  async follow(): Promise<void> {
    const ends = await this.#parts.neighbours.ends()
    await this.#parts.onFollow?.()
    for (const [home, end] of ends) if (end > (this.#seen.get(home) ?? 0)) await this.#followHome(home, end)
    this.#own.clear()
  }

  /** Also what stands in no feed: how workflows are counted after one was deleted, and which definitions and rules there are. */
  async followAll(): Promise<void> {
    const { register, catalogue, store, domainRules } = this.#parts
    await this.follow()
    await register.recount(this.#seen.keys())
    const isMoved = await refreshCatalogue(catalogue, store)
    if (isMoved && domainRules !== undefined) await restoreRules(store, domainRules)
  }

  /** Where the store says that the peers' feeds are held. */
  async recall(keys: Iterable<string>): Promise<void> {
    const { store, cursors } = this.#parts
    for (const key of keys) {
      const row = await store.get(CURSORS, key)
      if (row === undefined) cursors.delete(key)
      else cursors.set(key, parseCursor(row))
    }
  }

  async #followHome(home: string, end: number): Promise<void> {
    const grown: Grown = new Map()
    const origins = new Map<string, number>()
    for (let after = this.#seen.get(home) ?? 0; after < end; ) {
      const page = await this.#parts.neighbours.changes(home, after, Math.min(PAGE, end - after))
      for (const change of page) this.#note(change, grown, origins)
      after = page.at(-1)?.sequence ?? end
    }
    const summaries: Summary[] = []
    const news: News[] = []
    const papers: PaperUnit[] = []
    for (const [document, changes] of grown) {
      const paper = paperNamed(document, home)
      if (paper !== undefined) papers.push(...(await this.#readAgain(paper)))
      else if (document === homeDocumentOf(home)) this.#parts.units.evictRoster(home)
      else await this.#readOn(document, changes, summaries, news)
    }
    if (grown.size > 0) await this.#parts.register.recount([home])
    this.#seen.set(home, end)
    if (origins.size > 0) this.#parts.announce({ feeds: new Map([[home, origins]]), summaries, news, papers })
  }

  async #readAgain(name: PaperName): Promise<readonly PaperUnit[]> {
    const { units } = this.#parts
    units.papers?.evict(name.id)
    const read = await units.paper(name)
    return read.ok && read.value !== undefined ? [read.value] : []
  }

  #note(change: Change, grown: Grown, origins: Map<string, number>): void {
    const { document, group, origin } = change
    const isOwn = this.#own.has(group)
    if (isOwn && !grown.has(document)) return
    grown.set(document, [...(grown.get(document) ?? []), change])
    if (!isOwn) origins.set(origin, (origins.get(origin) ?? 0) + 1)
  }

  /** The document as it was before the changes, and then each of them, so that every entry has its place in the log. */
  async #readOn(document: string, changes: readonly Change[], summaries: Summary[], news: News[]): Promise<void> {
    const { units, register } = this.#parts
    const from = (changes[0]?.version ?? 1) - 1
    const updates = await this.#updatesOf(document)
    const unit = updates && units.standAt(document, updates.home, updates.updates.slice(0, from))
    if (updates === undefined || unit === undefined) return units.evict(document)
    for (const { version, group } of changes) {
      const update = updates.updates[version - 1]
      if (update === undefined || !unit.readOn(update).ok) return units.evict(document)
      const grown = newsOf(unit)
      if (grown !== undefined && !this.#own.has(group)) news.push(grown)
    }
    const summary = await unlessDamaged(register.now(document))
    if (summary !== undefined) summaries.push(summary)
    units.settle(unit)
    if (summary?.open === false) units.evict(document)
  }

  /** Nothing where it is damaged or was deleted since: whoever asks for it is told. */
  async #updatesOf(document: string) {
    const stored = await unlessDamaged(this.#parts.store.document(document))
    return stored?.updates.some(({ length }) => length > 0) ? stored : undefined
  }
}

const refusalOf = (thrown: unknown): Refusal => {
  if (thrown instanceof StoreFailure) return storeRefusal(thrown.reason)
  throw thrown
}
