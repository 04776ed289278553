/**
 * The engine of one node: takes inputs, makes turns of them, and carries out what is wanted (DESIGN §5).
 *
 *   submit ─▶ queue ─▶ turn: load, take all that wait, assign offers ─▶ one atomic commit ─▶ answers, offers, calls, news
 *                        ╰─ the commit fails: forget what was touched, take each input alone, answer each with its own error
 *
 * The same engine runs where it is the authority of a home (a gateway) and where it only keeps copies (the coordinator): the
 * difference is `authorityOf`. It knows no sockets; links and agents talk to it through `receive` and `gate`.
 */
import type { AgentGate } from '../agent-protocol/index.ts'
import { type Batch, StoreFailure } from '../ports/store.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'
import type { Fact } from '../workflow/command.ts'
import type { Wanted } from '../workflow/want.ts'
import { Alarms } from './alarms.ts'
import { Calls } from './calls.ts'
import type { Catalogue } from './catalogue.ts'
import type { EngineConfig } from './config.ts'
import type { Core } from './core.ts'
import type { PeerCursor } from './cursors.ts'
import { type AgentView, Dispatch } from './dispatch.ts'
import { followUpWill } from './follow-up.ts'
import type { Answer, Input, WillInput } from './inputs.ts'
import type { Roster } from './roster.ts'
import { RULES, type Rules } from './rules.ts'
import { storeRefusal } from './store-refusal.ts'
import { isSummary, type Summary, WORKFLOWS } from './summary.ts'
import { Turn } from './turn.ts'
import type { Author, Unit } from './unit.ts'
import { Units } from './units.ts'

export interface Committed {
  /** Homes whose feeds grew, with the number of new entries by origin. */
  readonly feeds: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly summaries: readonly Summary[]
}

interface Waiting {
  readonly input: Input
  readonly answer: (result: Result<Answer, Refusal>) => void
}

export class Engine implements Core {
  readonly author: Author
  readonly journal: string
  readonly units: Units
  readonly catalogue: Catalogue
  readonly dispatch: Dispatch
  readonly rules: Rules
  /** ⟨peer⟩/⟨home⟩ → how far that peer's feed is held here. */
  readonly cursors: Map<string, PeerCursor>
  readonly #config: EngineConfig
  readonly #calls: Calls
  readonly #alarms = new Alarms()
  readonly #wants = new Map<string, Wanted>()
  readonly #starting = new Set<string>()
  readonly #summaries: Map<string, Summary>
  readonly #listeners = new Set<(committed: Committed) => void>()
  #queue: Waiting[] = []
  #scheduled = false
  #turning = false
  #closed = false
  #idle: (() => void)[] = []
  #cancelAlarm: () => void = () => {}
  #alarmAt: number | undefined
  readonly #pauses = new Set<() => void>()

  constructor(
    config: EngineConfig,
    author: Author,
    catalogue: Catalogue,
    summaries: Map<string, Summary>,
    cursors: Map<string, PeerCursor>,
  ) {
    this.cursors = cursors
    this.#config = config
    this.author = author
    this.journal = `${author.node}.${author.life}`
    this.catalogue = catalogue
    this.#summaries = summaries
    this.rules = { ...RULES, ...config.rules }
    this.units = new Units(config.store, author, this.rules.evolve)
    const report = (workflow: string, fact: Fact, by: string): Promise<Result<Answer, Refusal>> => this.#report(workflow, fact, by)
    this.#calls = new Calls(config.functions, report)
    this.dispatch = new Dispatch({
      clock: config.clock,
      node: author.node,
      epoch: author.epoch,
      heartbeatMs: config.heartbeatMs,
      report,
      wake: () => void this.#insist({ kind: 'dispatch' }),
      onPresence: (agent) => this.#notePresence(agent),
    })
  }

  // ── what the world calls ──

  /** Resolves after the commit that holds its consequences, or with the reason why there was none. */
  submit(input: Input): Promise<Result<Answer, Refusal>> {
    if (this.#closed) return Promise.resolve(err(STOPPING))
    return new Promise((answer) => {
      this.#queue.push({ input, answer })
      this.#schedule()
    })
  }

  get gate(): AgentGate {
    return this.dispatch
  }

  summaries(): Iterable<Summary> {
    return this.#summaries.values()
  }

  summary(workflow: string): Summary | undefined {
    return this.#summaries.get(workflow)
  }

  /** A workflow's unit for reading, loaded if need be. */
  async read(workflow: string): Promise<Result<Unit | undefined, Refusal>> {
    return this.#betweenTurns(() => this.units.load(workflow))
  }

  /** In the midst of a turn memory holds what is not durable yet, and nobody may read that (U2). */
  async #betweenTurns<T>(load: () => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#turning) await new Promise<void>((resolve) => this.#idle.push(resolve))
      const loaded = await load()
      if (!this.#turning) return loaded
    }
  }

  /** Called after each commit, in commit order. */
  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Everybody the home's document tells of, with what is known of them at this moment. */
  async roster(home: string): Promise<Result<Unit<Roster>, Refusal>> {
    return this.#betweenTurns(() => this.units.roster(home))
  }

  /** Takes no more inputs, finishes the turn under way and answers what waits with `stopping`. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelAlarm()
    for (const cancel of this.#pauses) cancel()
    for (const { answer } of this.#queue.splice(0)) answer(err(STOPPING))
    if (this.#turning) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  #notePresence({ id, kind, capabilities, capacity, connected }: AgentView): void {
    for (const home of this.#config.authorityOf) {
      void this.#insist({ kind: 'presence', home, presence: { agent: id, kind, capabilities, capacity, present: connected } })
    }
  }

  // ── Core ──

  cursorOf(key: string): PeerCursor | undefined {
    return this.cursors.get(key)
  }

  isAuthority(home: string): boolean {
    return this.#config.authorityOf.has(home)
  }

  rightsOf(peer: string, home: string): ReturnType<Core['rightsOf']> {
    return this.#config.rightsOf(peer, home)
  }

  want(unit: Unit, wanted: Wanted): void {
    this.#wants.set(unit.id, wanted)
    this.dispatch.setWanted(unit.id, wanted)
  }

  // ── turns ──

  #schedule(): void {
    if (this.#scheduled || this.#turning || this.#closed) return
    this.#scheduled = true
    this.#config.clock.after(0, () => {
      this.#scheduled = false
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    if (this.#turning) return
    this.#turning = true
    try {
      await this.#turn(this.#queue.splice(0))
    } finally {
      this.#turning = false
      for (const resolve of this.#idle.splice(0)) resolve()
    }
    if (this.#queue.length > 0) this.#schedule()
  }

  /** All inputs together; if that fails, each alone, so that a poisoned one fails alone (E3). */
  async #turn(inputs: readonly Waiting[]): Promise<void> {
    const failure = await this.#attempt(inputs)
    if (failure === undefined) return
    const hopeless = inputs.length === 1 || failure.next === 'retry-later'
    if (hopeless) for (const { answer } of inputs) answer(err(failure))
    else for (const input of inputs) await this.#turn([input])
  }

  async #attempt(inputs: readonly Waiting[]): Promise<Refusal | undefined> {
    const turn = new Turn(this, this.#config.clock.now())
    try {
      const answers = await this.#take(turn, inputs)
      turn.assign()
      const batch = turn.batch()
      const failure = batch.ok ? await this.#commit(batch.value) : batch.error
      if (failure !== undefined) {
        await this.#forget(turn)
        // It may stand in the feed all the same; whoever reads that must look.
        if (failure.code === 'store-unknown-outcome') this.#announce(turn.appended, [])
        return failure
      }
      this.#release(turn)
      for (const { answer, result } of answers) answer(result)
      return undefined
    } catch (thrown) {
      await this.#forget(turn)
      if (thrown instanceof StoreFailure) return storeRefusal(thrown.reason)
      return refusal('ask-person', 'internal-error', thrown instanceof Error ? thrown.message : String(thrown))
    }
  }

  async #take(turn: Turn, inputs: readonly Waiting[]): Promise<{ answer: Waiting['answer']; result: Result<Answer, Refusal> }[]> {
    const unreadable = new Map<string, Refusal>()
    for (const home of new Set(inputs.flatMap(({ input }) => homesOf(input)))) await this.units.roster(home)
    for (const { input } of inputs) {
      for (const document of documentsOf(input)) {
        if (this.units.peek(document) !== undefined) continue
        const loaded = await this.units.load(document)
        if (!loaded.ok) unreadable.set(document, loaded.error)
      }
    }
    return inputs.map(({ input, answer }) => {
      const broken = documentsOf(input).find((document) => unreadable.has(document))
      const refused = broken === undefined ? undefined : unreadable.get(broken)
      return { answer, result: refused === undefined ? turn.take(input) : err(refused) }
    })
  }

  async #commit(batch: Batch): Promise<Refusal | undefined> {
    if (batch.appends.length === 0 && batch.puts.length === 0) return undefined
    const committed = await this.#config.store.commit(batch)
    return committed.ok ? undefined : storeRefusal(committed.error)
  }

  /** After a failed commit memory holds what disk does not: everything touched is read again. */
  async #forget(turn: Turn): Promise<void> {
    for (const unit of turn.touched) this.units.evict(unit.id)
    for (const unit of turn.rosters) this.units.evictRoster(unit.home)
    for (const { id } of turn.touched) await this.#reload(id)
  }

  /** The store has the last word on whether a commit took effect; what it holds is carried out as after any commit. */
  async #reload(id: string): Promise<void> {
    const again = await this.units.load(id)
    if (!again.ok && again.error.next === 'retry-later') return this.#later(() => void this.#reload(id))
    if (!again.ok || again.value === undefined || !this.isAuthority(again.value.home)) {
      this.#wants.delete(id)
      return this.dispatch.setWanted(id, undefined)
    }
    const row = await this.#config.store.get(WORKFLOWS, id)
    if (isSummary(row)) this.#summaries.set(id, row)
    this.#wantAgain(again.value)
    // No turn has gone by these wants yet, so whatever is due already rings at once.
    this.#carryOut(again.value, false, Number.NEGATIVE_INFINITY)
    this.#setAlarm()
  }

  #wantAgain(unit: Unit): void {
    const turn = new Turn(this, this.#config.clock.now())
    turn.rewant(unit)
  }

  /** Loads and takes up an open workflow of a home this node is the authority of: the recovery of DESIGN §5. */
  async recover(workflow: string): Promise<Refusal | undefined> {
    const unit = await this.units.load(workflow)
    if (!unit.ok) return unit.error
    if (unit.value === undefined || !this.isAuthority(unit.value.home)) return undefined
    this.#wantAgain(unit.value)
    this.#carryOut(unit.value, true, this.#config.clock.now().wall)
    void this.#insist({ kind: 'judge', workflow })
    void this.#tick(workflow)
    return undefined
  }

  // ── after the commit ──

  #release(turn: Turn): void {
    const feeds = turn.appended
    for (const [key, cursor] of turn.cursors) this.cursors.set(key, cursor)
    const summaries: Summary[] = []
    for (const roster of turn.rosters) {
      roster.committed()
    }
    for (const unit of turn.touched) {
      const changed = unit.isStaged
      unit.committed()
      if (unit.isEmpty) this.units.evict(unit.id)
      if (!changed) continue
      const summary = turn.summaries.get(unit)
      if (summary !== undefined) {
        this.#summaries.set(unit.id, summary)
        summaries.push(summary)
      }
      this.#carryOut(unit, false, turn.now.wall)
    }
    this.units.trim((unit) => this.#wants.has(unit.id))
    this.#announce(feeds, summaries)
    this.#setAlarm()
  }

  #announce(feeds: Committed['feeds'], summaries: readonly Summary[]): void {
    if (feeds.size > 0) for (const listener of this.#listeners) listener({ feeds, summaries })
  }

  /** @param seenAt up to when what is due has been dealt with: the turn's own time, for its commit may have taken long */
  #carryOut(unit: Unit, recovering: boolean, seenAt: number): void {
    const wants = this.#wants.get(unit.id)
    if (wants === undefined) return
    this.dispatch.release(unit.id)
    this.#calls.release(unit.id, wants.calls, recovering)
    for (const start of wants.starts) void this.#startFollowUp(unit, start)
    this.#alarms.set(unit.id, earliest(wants, seenAt))
    const ended = wants.tasks.length + wants.offers.length + wants.calls.length + wants.starts.length === 0
    if (ended && this.#summaries.get(unit.id)?.open === false) {
      this.#wants.delete(unit.id)
      this.units.evict(unit.id)
    }
  }

  /** Started under an id made of its parent's, so trying again after a crash starts nothing twice. */
  async #startFollowUp(unit: Unit, start: Wanted['starts'][number]): Promise<void> {
    if (this.#starting.has(start.key)) return
    this.#starting.add(start.key)
    const will = followUpWill(this.catalogue, unit, start)
    const started = will.ok ? await this.#insist(will.value) : will
    this.#starting.delete(start.key)
    if (started.ok && will.ok)
      await this.#report(unit.id, { type: 'follow-up-started', key: start.key, workflow: will.value.workflow }, this.author.node)
  }

  async #report(workflow: string, fact: Fact, by: string): Promise<Result<Answer, Refusal>> {
    const home = this.units.peek(workflow)?.home ?? this.#summaries.get(workflow)?.facility
    if (home === undefined) return err(refusal('give-up', 'no-such-workflow', 'There is no such workflow here.'))
    const will: WillInput = { kind: 'will', workflow, home, command: fact, by, reason: fact.type }
    const taken = await this.#insist(will)
    if (taken.ok || fact.type !== 'attempt-succeeded' || taken.error.next !== 'fix-request') return taken
    // An output that no log can hold: the attempt did end, so it must not seem to be at work still.
    const { ref, attempt, purpose } = fact
    const error = { code: 'output-unusable', message: taken.error.message, retryable: false }
    return this.#insist({ ...will, command: { type: 'attempt-failed', error, ref, attempt, purpose } })
  }

  /** What the engine itself puts in must not be lost with a commit that failed: it is put in until it is taken, or refused for good. */
  async #insist(input: Input): Promise<Result<Answer, Refusal>> {
    for (;;) {
      const answered = await this.submit(input)
      if (answered.ok || answered.error.next !== 'retry-later' || this.#closed) return answered
      await new Promise<void>((resolve) => this.#later(resolve))
    }
  }

  #later(again: () => void): void {
    const cancel = this.#config.clock.after(RETRY_MS, () => {
      this.#pauses.delete(cancel)
      again()
    })
    this.#pauses.add(cancel)
  }

  // ── time ──

  #setAlarm(): void {
    const now = this.#config.clock.now()
    const due = this.#alarms.next()
    const lease = this.dispatch.nextLeaseEnd()
    const delayMs = Math.min(
      due === undefined ? Number.POSITIVE_INFINITY : due - now.wall,
      lease === undefined ? Number.POSITIVE_INFINITY : lease - now.monotonic,
    )
    const at = Number.isFinite(delayMs) ? now.monotonic + Math.max(0, delayMs) : undefined
    if (at === this.#alarmAt) return
    this.#alarmAt = at
    this.#cancelAlarm()
    if (at !== undefined && !this.#closed) this.#cancelAlarm = this.#config.clock.after(Math.max(0, delayMs), () => this.#ring())
  }

  #ring(): void {
    this.#alarmAt = undefined
    if (this.#closed) return
    for (const workflow of this.#alarms.due(this.#config.clock.now().wall)) void this.#tick(workflow)
    this.dispatch.endLeases()
    this.#setAlarm()
  }

  /** A tick may have come for one of several timers, or to an offer that nobody was free for: the next moment is set whatever came of it. */
  async #tick(workflow: string): Promise<void> {
    const seenAt = this.#config.clock.now().wall
    const ticked = await this.#insist({ kind: 'tick', workflow })
    const wants = this.#wants.get(workflow)
    if (!ticked.ok || wants === undefined) return
    this.#alarms.set(workflow, earliest(wants, seenAt))
    this.#setAlarm()
  }
}

/** Before what could not be committed is tried again. */
const RETRY_MS = 1_000

const STOPPING = refusal('retry-later', 'stopping', 'This node is stopping.')

const documentsOf = (input: Input): readonly string[] => {
  switch (input.kind) {
    case 'will':
    case 'edit':
    case 'tick':
    case 'judge':
      return [input.workflow]
    case 'received':
      return input.updates.map(({ document }) => document)
    case 'presence':
    case 'dispatch':
      return []
  }
}

/** Homes whose own document an input may touch. */
const homesOf = (input: Input): readonly string[] => (input.kind === 'presence' || input.kind === 'received' ? [input.home] : [])

/** A tick at this moment does something, or an offer may be made from then on that could not be made at `seenAt`. */
const earliest = (wants: Wanted, seenAt: number): number | undefined => {
  let at = wants.wakeAt ?? Number.POSITIVE_INFINITY
  for (const { since } of wants.offers) if (since > seenAt) at = Math.min(at, since)
  return Number.isFinite(at) ? at : undefined
}
