/**
 * The engine of one node: takes inputs, makes turns of them, and carries out what is wanted (DESIGN §5).
 *
 *   submit ─▶ queue ─▶ turn: load, take all that wait, assign offers ─▶ one atomic commit ─▶ answers, offers, calls, news
 *                        ╰─ the commit fails: forget what was touched, take each input alone, answer each with its own error
 *
 * The same engine runs where it is the authority of a home (a gateway) and where it only keeps copies (the coordinator): the
 * difference is `authority`. It knows no sockets; links and agents talk to it through `receive` and `gate`.
 */
import type { AgentGate } from '../agent-protocol/index.ts'
import type { Authorities } from '../consistency/authorities.ts'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import type { Wanted } from '../workflow/want.ts'
import type { Admission } from './admission.ts'
import { Aftermath, type EngineLoad } from './aftermath.ts'
import { alertsOf } from './alerts.ts'
import { Attempts } from './attempts.ts'
import type { BreakerNews } from './breakers.ts'
import { unfitHere } from './callees.ts'
import type { Catalogue } from './catalogue.ts'
import { type Committed, type News, newsOf } from './committed.ts'
import type { EngineConfig } from './config.ts'
import type { Core } from './core.ts'
import type { PeerCursor } from './cursors.ts'
import type { Dispatch } from './dispatch.ts'
import { Following } from './following.ts'
import { nodeContextOf, tellHooks } from './hooks.ts'
import type { Answer, Input } from './inputs.ts'
import { keepLooking } from './lookout.ts'
import { Outlet } from './outlet.ts'
import { Recovery } from './recovery.ts'
import { type AtStart, Register } from './register.ts'
import { Retention } from './retention.ts'
import type { Roster } from './roster.ts'
import { unlessDamaged } from './rows.ts'
import { RULES, type Rules, rulesOn } from './rules.ts'
import { safetyOf } from './safety.ts'
import type { OutcomeCount } from './standing.ts'
import type { Summary } from './summary.ts'
import type { Turn } from './turn.ts'
import { TurnQueue } from './turn-queue.ts'
import type { Author, Unit } from './unit.ts'
import { Units } from './units.ts'
import type { WaitingList } from './waiting.ts'
import { wantsOf } from './wants.ts'

export class Engine implements Core {
  readonly author: Author
  readonly authority: Authorities
  readonly journal: string
  readonly units: Units
  readonly catalogue: Catalogue
  readonly #aftermath: Aftermath
  readonly rules: Rules
  /** ⟨peer⟩/⟨home⟩ → how far that peer's feed is held here. */
  readonly cursors: Map<string, PeerCursor>
  readonly #config: EngineConfig
  readonly register: Register
  readonly recovery: Recovery
  readonly outlet: Outlet
  readonly #listeners = new Set<(committed: Committed) => void>()
  readonly #queue: TurnQueue
  readonly #attempts: Attempts
  readonly #following: Following | undefined
  #stopLooking: () => void = () => {}
  #retention: Retention | undefined
  readonly domainRules: Core['domainRules']
  readonly safety: Core['safety'] = () => safetyOf(this.domainRules, this)

  constructor(config: EngineConfig, author: Author, catalogue: Catalogue, cursors: Map<string, PeerCursor>, atStart: AtStart) {
    this.cursors = cursors
    this.#config = config
    this.domainRules = config.domainRules
    this.#queue = new TurnQueue(config.clock, (inputs) => this.#attempts.take(inputs))
    this.author = author
    this.authority = config.authority
    this.journal = `${author.node}.${author.life}`
    this.catalogue = catalogue
    this.register = new Register(config.store, (read) => this.#queue.between(read), atStart)
    this.rules = rulesOn(nodeContextOf(config, catalogue), { ...RULES, ...config.rules }, config.domainRules)
    this.units = new Units(config.store, author, this.rules.evolve, this.authority.homes.size > 0)
    const submit: Engine['submit'] = (input) => this.submit(input)
    const read: Engine['read'] = (workflow) => this.read(workflow)
    const homeOf = async (workflow: string): Promise<string | undefined> => (await unlessDamaged(this.register.now(workflow)))?.facility
    const again = (workflow: string): void => void this.#queue.between(async () => this.#aftermath.showAgain(workflow))
    this.outlet = new Outlet({ ...config, catalogue, again, insist: (input) => this.insist(input) })
    const { units, outlet } = this
    const wantsOf = (workflow: string): Promise<Wanted | undefined> => this.#wantsOf(workflow)
    this.#aftermath = new Aftermath({ config, author, catalogue, units, outlet, homeOf, wantsOf, submit, read })
    tellHooks(this, config.hooks ?? {})
    this.recovery = new Recovery({ core: this, clock: config.clock, register: this.register, aftermath: this.#aftermath })
    this.#following = this.#followingOf(atStart.seen ?? new Map())
    this.#attempts = new Attempts({
      ...{ core: this, config, outlet, register: this.register, recovery: this.recovery, following: this.#following },
      release: (turn) => this.#release(turn),
      // Where others are followed, it is found among what they committed.
      unknown: (turn, found) => this.#following ?? this.#announce({ feeds: turn.appended, summaries: found, news: [], papers: [] }),
    })
  }

  // ── what the world calls ──

  /** Resolves after the commit that holds its consequences, or with the reason why there was none. */
  submit(input: Input): Promise<Result<Answer, Refusal>> {
    return this.#queue.put(input)
  }

  /** As `submit`, for what nobody would put in again: until it is taken, or refused for good. */
  insist(input: Input): Promise<Result<Answer, Refusal>> {
    return this.#aftermath.insist(input)
  }

  /** In a while: for what could not be read now. */
  later(work: () => void): void {
    this.#aftermath.insistence.later(work)
  }

  get gate(): AgentGate {
    return this.dispatch
  }

  get dispatch(): Dispatch {
    return this.#aftermath.dispatch
  }

  get admission(): Admission {
    return this.#aftermath.admission
  }

  /** What waits for the limits, as the last turn left it. */
  get waiting(): WaitingList {
    return this.#aftermath.waiting
  }

  /** Whether other processes write to the same store. */
  get isShared(): boolean {
    return this.#following !== undefined
  }

  get life(): number {
    return this.author.life
  }

  /** Every workflow's row, out of the store. */
  summaries(): AsyncIterable<Summary> {
    return this.register.all()
  }

  summary(workflow: string): Promise<Summary | undefined> {
    return this.register.one(workflow)
  }

  countsOf(home: string): OutcomeCount {
    return this.register.countsOf(home)
  }

  /** Why this node could not run a definition, if so. */
  unfit(definition: CompiledDefinition): string | undefined {
    return unfitHere(this.#config, definition)
  }

  /** A workflow's unit for reading, loaded if need be. */
  async read(workflow: string): Promise<Result<Unit | undefined, Refusal>> {
    const unasked = await this.#following?.catchUp()
    if (unasked !== undefined) return err(unasked)
    return this.#queue.between(async () => {
      const unit = await this.units.load(workflow)
      this.units.trim()
      return unit
    })
  }

  /** Called after each commit, in commit order. */
  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Everybody the home's document tells of, with what is known of them at this moment. */
  async roster(home: string): Promise<Result<Unit<Roster>, Refusal>> {
    const unasked = await this.#following?.catchUp()
    return unasked === undefined ? this.#queue.between(() => this.units.roster(home)) : err(unasked)
  }

  /** Begins to put away what has ended, if that is the policy. */
  startRetention(): void {
    const { retention: policy, clock, store } = this.#config
    if (policy !== undefined) this.#retention = new Retention({ policy, clock, store, retire: (input) => this.submit(input) })
  }

  /** Takes no more inputs, finishes the turn under way and answers what waits with `stopping`. */
  async close(): Promise<void> {
    this.#stopLooking()
    this.#retention?.close()
    this.#aftermath.close()
    this.outlet.close()
    await this.#queue.close()
  }

  /** How much waits at this moment: inputs for a turn, offers for an agent, tasks and calls for their end. */
  get load(): EngineLoad {
    return { inputs: this.#queue.depth, ...this.#aftermath.load }
  }

  /** How far a peer's feed is durably held, for a session that begins: another process may have held the last one. */
  async recallCursor(key: string): Promise<PeerCursor | undefined> {
    const following = this.#following
    if (following !== undefined) await this.#queue.alone(() => following.recall([key]))
    return this.cursors.get(key)
  }

  /** Begins to look by itself for what other processes commit to the same store. */
  startFollowing(): void {
    const { neighbours, clock } = this.#config
    const following = this.#following
    if (neighbours === undefined || following === undefined) return
    this.#stopLooking = keepLooking(neighbours, clock, () => this.#queue.alone(() => following.followAll()))
  }

  // ── Core ──

  cursorOf(key: string): PeerCursor | undefined {
    return this.cursors.get(key)
  }

  rightsOf(peer: string, home: string): ReturnType<Core['rightsOf']> {
    return this.#config.rightsOf(peer, home)
  }

  want(unit: Unit, wanted: Wanted): void {
    this.#aftermath.want(unit, wanted)
  }

  wantedBy(unit: Unit): Wanted | undefined {
    return this.#aftermath.wantedBy(unit.id)
  }

  // ── turns ──

  async #wantsOf(workflow: string): Promise<Wanted | undefined> {
    const unit = await this.read(workflow)
    return unit.ok && unit.value !== undefined ? wantsOf(this, unit.value) : undefined
  }

  // ── after the commit ──

  #release(turn: Turn): void {
    const feeds = turn.appended
    for (const [key, cursor] of turn.cursors) this.cursors.set(key, cursor)
    this.register.committed(turn.books)
    turn.books.committed()
    for (const { id } of turn.retiring.erased) this.units.evict(id)
    for (const id of turn.mending.discarded) this.units.drop(id)
    const breakerNews = [...turn.admission.breakers.news()]
    turn.admission.keep()
    const summaries: Summary[] = []
    const news: News[] = []
    for (const unit of [...turn.rosters, ...turn.papers]) unit.committed()
    for (const unit of turn.touched) {
      const changed = unit.isStaged
      const grown = newsOf(unit)
      if (grown !== undefined) news.push(grown)
      if (unit.isEmpty) this.units.evict(unit.id)
      if (!changed) continue
      const summary = turn.books.summaries.get(unit)
      if (summary !== undefined) summaries.push(summary)
      this.#aftermath.carryOut(unit, turn.adopted.has(unit), turn.now.wall)
      // A copy of what has ended is read again if anybody asks; kept, they would only add up.
      if (summary?.open === false && this.#aftermath.wantedBy(unit.id) === undefined) this.units.evict(unit.id)
    }
    this.units.trim()
    this.#announce({ feeds, summaries, news, papers: [...turn.papers] })
    this.#alert(turn, breakerNews, news)
    this.#aftermath.setAlarm()
  }

  #alert({ waiting, now }: Turn, breakers: readonly BreakerNews[], news: readonly News[]): void {
    const starving = this.waiting.set(waiting, now.wall)
    const { onAlert } = this.#config
    if (onAlert !== undefined) for (const alert of alertsOf({ starving, breakers, news }, this.catalogue, now.wall)) onAlert(alert)
  }

  #followingOf(seen: ReadonlyMap<string, number>): Following | undefined {
    const { neighbours, store, onFollow, domainRules } = this.#config
    const { units, register, catalogue, cursors } = this
    if (neighbours === undefined) return undefined
    const announce = (committed: Committed): void => this.#announce(committed)
    const alone = (work: () => Promise<void>): Promise<void> => this.#queue.alone(work)
    return new Following({ neighbours, store, units, register, catalogue, cursors, alone, announce, onFollow, domainRules }, seen)
  }

  #announce(committed: Committed): void {
    if (committed.feeds.size > 0) for (const listener of this.#listeners) listener(committed)
  }
}
