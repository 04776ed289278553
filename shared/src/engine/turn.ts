/**
 * One pass of the engine up to its commit: inputs in, one batch out (E1–E3). Nothing here is visible to anybody until the batch is
 * durable; if it can't be made durable, every unit that was touched is dropped and read again.
 *
 *   will       by the authority: decided, staged           elsewhere: proposed
 *   tick       the timers of a workflow that are due
 *   received   guarded and applied; at the authority the proposals that came are judged, in the order of their journals
 *   then       waiting offers are assigned to free agents, and everything is written down
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import { refuseContent } from '../document/content.ts'
import { admissible, type Malformed, propose, setTitle, type WellFormed, waitingProposals } from '../document/index.ts'
import type { Refused } from '../link/index.ts'
import type { Append, Batch, Put } from '../ports/store.ts'
import { homeDocumentOf, isWorkflowId } from '../values/ids.ts'
import type { Instant } from '../values/instant.ts'
import { canonicalJson, type Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Act, Command } from '../workflow/command.ts'
import { isTerminal } from '../workflow/status.ts'
import type { Core } from './core.ts'
import { CURSORS, type PeerCursor, refusalRow } from './cursors.ts'
import { type Answer, type EditInput, type Input, isProposable, type PresenceInput, type ReceivedInput, type WillInput } from './inputs.ts'
import { creationOf, summaryOf } from './projections.ts'
import { foldRoster, presenceEvents, type Roster } from './roster.ts'
import { type Summary, WORKFLOWS } from './summary.ts'
import type { Unit } from './unit.ts'

export class Turn {
  readonly #core: Core
  readonly now: Instant
  readonly touched = new Set<Unit>()
  readonly rosters = new Set<Unit<Roster>>()
  /** Rows of what this turn changed. */
  readonly summaries = new Map<Unit, Summary>()
  /** Home → origin → updates this turn appends. */
  readonly appended = new Map<string, Map<string, number>>()
  /** Where the peers' feeds stand after this turn. */
  readonly cursors = new Map<string, PeerCursor>()
  readonly #puts: Put[] = []

  constructor(core: Core, now: Instant) {
    this.#core = core
    this.now = now
  }

  /** What this input leads to. A refusal changed nothing. Throws only on a broken assumption; then the turn must be dropped. */
  take(input: Input): Result<Answer, Refusal> {
    switch (input.kind) {
      case 'will':
        return this.#will(input)
      case 'edit':
        return this.#edit(input)
      case 'tick':
        return this.#command(this.#core.units.peek(input.workflow), { type: 'tick' }, 'clock')
      case 'received':
        return this.#receive(input)
      case 'judge':
        return this.#judgeAgain(input.workflow)
      case 'presence':
        return this.#notePresence(input)
      case 'dispatch':
        return ok(DECIDED)
    }
  }

  #will(input: WillInput): Result<Answer, Refusal> {
    const bad = input.title === undefined ? undefined : refuseContent(input.title)
    if (bad !== undefined) return err(bad)
    const answered = this.#core.isAuthority(input.home) ? this.#decide(input) : this.#propose(input)
    if (!answered.ok || input.title === undefined) return answered
    const titled = this.#setTitle(this.#core.units.peek(input.workflow), input.title)
    return titled.ok ? answered : titled
  }

  #edit({ workflow, title, expected }: EditInput): Result<Answer, Refusal> {
    const unit = this.#core.units.peek(workflow)
    const stale = expected === undefined ? undefined : staleness(unit, expected)
    return stale === undefined ? this.#setTitle(unit, title) : err(stale)
  }

  #setTitle(unit: Unit | undefined, title: string): Result<Answer, Refusal> {
    if (unit === undefined) return err(NO_SUCH_WORKFLOW)
    const written = setTitle(unit.replica, title)
    if (!written.ok) return written
    unit.keep(written.value, this.#core.author.node)
    this.#touch(unit)
    return ok(DECIDED)
  }

  #decide({ workflow, home, command, by, expected }: WillInput): Result<Answer, Refusal> {
    const known = this.#core.units.peek(workflow)
    const stale = expected === undefined ? undefined : staleness(known, expected)
    if (stale !== undefined) return err(stale)
    if (known !== undefined && known.home !== home) return err(foreignHome(known))
    return this.#command(known ?? (command.type === 'create' ? this.#begin(workflow, home) : undefined), command, by)
  }

  /** A document that nobody has heard of; if nothing comes of it in this turn, it is dropped again. */
  #begin(workflow: string, home: string): Unit {
    const unit = this.#core.units.create(workflow, home)
    this.touched.add(unit)
    return unit
  }

  #command(unit: Unit | undefined, command: Command, by: string): Result<Answer, Refusal> {
    if (unit === undefined) return err(NO_SUCH_WORKFLOW)
    const definition = this.#definitionFor(unit, command)
    if (definition === undefined) return err(unknownDefinition(unit))
    const decided = this.#core.rules.decide(definition, unit.id, unit.state, command, { now: this.now, by })
    if (!decided.ok) return decided
    const { entries, state } = decided.value
    if (entries.length > 0) {
      unit.stage(entries, state)
      this.#touch(unit)
    }
    return ok({ ...DECIDED, replayed: entries.length === 0 })
  }

  #definitionFor(unit: Unit, command: Command): CompiledDefinition | undefined {
    const hash = unit.state?.definition ?? (command.type === 'create' ? command.definition : undefined)
    return hash === undefined ? undefined : this.#core.catalogue.byHash(hash)
  }

  /** Wants depend on the state, so they are drawn again whenever it moved; offers of this turn are assigned from them. */
  #touch(unit: Unit): void {
    this.touched.add(unit)
    this.rewant(unit)
  }

  rewant(unit: Unit): void {
    if (!this.#core.isAuthority(unit.home) || unit.state === undefined) return
    const definition = this.#core.catalogue.byHash(unit.state.definition)
    if (definition !== undefined) this.#core.want(unit, this.#core.rules.wanted(definition, unit.id, unit.state))
  }

  /** Gives waiting offers to free agents; the acts are part of this same turn. */
  assign(): void {
    for (const { workflow, name, agent } of this.#core.dispatch.assign(this.now.wall)) {
      const act: Act = { type: 'offer', agent, ...name }
      this.#command(this.#core.units.peek(workflow), act, agent)
    }
  }

  #notePresence({ home, presence }: PresenceInput): Result<Answer, Refusal> {
    const unit = this.#core.units.peekRoster(home)
    if (unit === undefined) return err(refusal('ask-person', 'home-unreadable', `The document of ${home} can't be read.`))
    for (const event of presenceEvents(unit.state, presence)) {
      const entry = { at: Math.max(this.now.wall, unit.state?.lastAt ?? 0), by: presence.agent, event }
      unit.stage([entry], foldRoster(unit.state, entry))
      this.rosters.add(unit)
    }
    return ok(DECIDED)
  }

  // ── proposing, where another node is the authority ──

  #propose(input: WillInput): Result<Answer, Refusal> {
    const { workflow, home, command, by, reason } = input
    const known = this.#core.units.peek(workflow)
    if (!isProposable(command)) return err(refusal('give-up', 'not-the-authority', `Only ${home} takes ${command.type}.`))
    const stale = input.expected === undefined ? undefined : staleness(known, input.expected)
    if (stale !== undefined) return err(stale)
    const unit = known ?? (command.type === 'create' ? this.#begin(workflow, home) : undefined)
    if (unit === undefined || (unit.isEmpty && command.type !== 'create')) return err(NO_SUCH_WORKFLOW)
    if (unit.home !== home) return err(foreignHome(unit))
    const foreseen = this.#foresee(unit, command)
    if (foreseen !== undefined) return foreseen
    const journal = input.journal ?? this.#core.journal
    const n = nextNumber(unit, journal)
    if (input.journal !== undefined && n > 1) return ok({ ...PROPOSED, replayed: true })
    const written = propose(unit.replica, { journal, n, by, at: this.now.wall, basis: unit.basis, reason, content: command })
    if (!written.ok) return written
    unit.keep(written.value, this.#core.author.node)
    this.#touch(unit)
    return ok(PROPOSED)
  }

  /** What can be said already here: an ended workflow stays ended, a second creation is the first, bad input is bad anywhere. */
  #foresee(unit: Unit, command: Extract<Command, { type: string }>): Result<Answer, Refusal> | undefined {
    const { state } = unit
    if (command.type === 'create') {
      const earlier = state ?? creationOf(unit)
      if (earlier !== undefined) {
        const same = earlier.definition === command.definition && canonicalJson(earlier.input) === canonicalJson(command.input)
        return same ? ok({ ...PROPOSED, replayed: true }) : err(keyReused(command.key))
      }
      const problems = this.#core.catalogue.byHash(command.definition)?.checkInput(command.input) ?? []
      if (problems.length > 0) {
        return err(refusal('fix-request', 'invalid-input', `The input does not fit: ${problems.join('; ')}.`, { errors: [...problems] }))
      }
    } else if (state !== undefined && isTerminal(state.status) && command.type !== 'step-settled-elsewhere') {
      const definition = this.#core.catalogue.byHash(state.definition)
      const decided = definition && this.#core.rules.decide(definition, unit.id, state, command, { now: this.now, by: 'foresight' })
      if (decided?.ok === false) return decided
    }
    return undefined
  }

  // ── what the link brings ──

  #receive({ peer, home, generation, from, to, updates }: ReceivedInput): Result<Answer, Refusal> {
    const key = `${peer}/${home}`
    const cursor = this.cursors.get(key) ?? this.#core.cursorOf(key)
    const stands = cursor?.generation === generation ? cursor.sequence : 0
    if (stands !== from) return err(refusal('retry-later', 'cursor-moved', `The feed of ${home} is held up to ${stands}, not ${from}.`))
    const rejected: Refused[] = []
    const news = new Set<Unit>()
    for (const { document, sequence, update } of updates) {
      const refused = this.#place(document, peer, home, update, news)
      if (refused !== undefined) rejected.push({ document, sequence, refusal: refused })
    }
    for (const unit of news) this.#takeNews(unit)
    if (!this.#core.isAuthority(home)) for (const unit of this.rosters) assertFolded(unit)
    for (const each of rejected) this.#puts.push(refusalRow(peer, { home, generation, ...each }))
    this.cursors.set(key, { generation, sequence: to })
    this.#puts.push({ collection: CURSORS, key, value: { generation, sequence: to } })
    return ok({ ...DECIDED, rejected })
  }

  #place(document: string, peer: string, home: string, update: Uint8Array, news: Set<Unit>): Refusal | undefined {
    const roster = document === homeDocumentOf(home) ? this.#core.units.peekRoster(home) : undefined
    if (roster !== undefined) {
      this.rosters.add(roster)
      return this.#apply(roster, peer, home, update)
    }
    if (!isWorkflowId(document)) return refusal('fix-request', 'bad-document-id', `${document} names no document of ${home}.`)
    const unit = this.#core.units.peek(document) ?? this.#begin(document, home)
    // Named as touched before its copy changes: whatever goes wrong from here on, that copy is dropped.
    this.touched.add(unit)
    const refused = this.#apply(unit, peer, home, update)
    if (refused === undefined) news.add(unit)
    return refused
  }

  #apply(unit: Unit | Unit<Roster>, peer: string, home: string, update: Uint8Array): Refusal | undefined {
    if (unit.home !== home) return foreignHome(unit)
    const judged = this.#core.rules.judgeUpdate(unit.replica, update, this.#core.rightsOf(peer, home))
    if (!judged.ok) return judged.error
    if (!judged.value.hasNews) return undefined
    unit.replica.apply(update)
    unit.keep(update, peer)
    return undefined
  }

  #takeNews(unit: Unit): void {
    if (this.#core.isAuthority(unit.home)) this.#judgeWaiting(unit)
    else assertFolded(unit)
    this.#touch(unit)
  }

  #judgeAgain(workflow: string): Result<Answer, Refusal> {
    const unit = this.#core.units.peek(workflow)
    if (unit === undefined) return err(NO_SUCH_WORKFLOW)
    this.#judgeWaiting(unit)
    if (unit.isStaged) this.#touch(unit)
    return ok(DECIDED)
  }

  #judgeWaiting(unit: Unit): void {
    const { admit, spent, malformed } = admissible(waitingProposals(unit.replica), unit.state?.marks ?? {})
    unit.answer(spent.map(({ place }) => place))
    // What finds no workflow to be judged by waits for its creation, which may come later in this same row.
    const early = admit.filter((one) => !this.#judgeOne(unit, one))
    if (unit.state !== undefined) for (const one of early) this.#judgeOne(unit, one)
    for (const each of malformed) this.#refuseMalformed(unit, each)
  }

  #judgeOne(unit: Unit, { place, proposal }: WellFormed): boolean {
    const creates = unit.state === undefined ? definitionNamed(proposal.content) : undefined
    const definition = this.#core.catalogue.byHash(unit.state?.definition ?? creates ?? '')
    const judged = this.#core.rules.judge(definition, unit.id, unit.state, { ...proposal, basisLength: proposal.basis.length }, this.now)
    if (judged === undefined) return false
    unit.stage(judged.entries, judged.state)
    unit.answer([place])
    return true
  }

  #refuseMalformed(unit: Unit, { place }: Malformed): void {
    const { state } = unit
    if (state === undefined) return
    const journal = `malformed.${place.client}`
    const judged = this.#core.rules.judge(
      undefined,
      unit.id,
      state,
      { journal, n: place.clock + 1, by: '?', reason: '', basisLength: 0, content: null },
      this.now,
    )
    if (judged !== undefined) unit.stage(judged.entries, judged.state)
    unit.answer([place])
  }

  // ── writing it down ──

  /** The whole turn as one batch; or why one of its documents can't be written. */
  batch(): Result<Batch, Refusal> {
    const appends: Append[] = []
    const expected = new Map<string, number>()
    for (const unit of [...this.touched, ...this.rosters]) {
      const flushed = unit.flush(this.#core.author)
      if (!flushed.ok) return flushed
      if (flushed.value.length === 0) continue
      appends.push(...flushed.value)
      for (const { home, origin } of flushed.value) this.#count(home, origin)
      expected.set(unit.id, unit.version)
    }
    for (const unit of this.touched) this.#project(unit)
    return ok({ appends, puts: this.#puts, removals: [], expected })
  }

  #count(home: string, origin: string): void {
    const origins = this.appended.get(home) ?? new Map<string, number>()
    this.appended.set(home, origins.set(origin, (origins.get(origin) ?? 0) + 1))
  }

  #project(unit: Unit): void {
    const summary = unit.isStaged ? summaryOf(unit, this.#core.catalogue) : undefined
    if (summary === undefined) return
    this.summaries.set(unit, summary)
    this.#puts.push({ collection: WORKFLOWS, key: unit.id, value: summary })
  }
}

/** What the guard let pass can be folded; if not, this turn must not be written. */
const assertFolded = (unit: Unit | Unit<Roster>): void => {
  const folded = unit.foldNews()
  if (!folded.ok) throw new Error(`${unit.id}: ${folded.error.message}`)
}

const DECIDED: Answer = { outcome: 'decided', replayed: false, rejected: [] }
const PROPOSED: Answer = { outcome: 'proposed', replayed: false, rejected: [] }
const NO_SUCH_WORKFLOW = refusal('fix-request', 'no-such-workflow', 'There is no such workflow here.')

const foreignHome = ({ id, home }: Unit | Unit<Roster>): Refusal =>
  refusal('give-up', 'foreign-home', `${id} belongs to ${home}, and to no other home.`)

const keyReused = (key: string): Refusal =>
  refusal('fix-request', 'key-reused', `Key ${key} already names a workflow with another definition or input.`)

const unknownDefinition = (unit: Unit): Refusal =>
  unit.state === undefined
    ? NO_SUCH_WORKFLOW
    : refusal('ask-person', 'unknown-definition', `This node does not know definition ${unit.state.definition} of ${unit.id}.`)

const staleness = (unit: Unit | undefined, expected: { readonly length: number; readonly head: string }): Refusal | undefined => {
  if (unit === undefined) return NO_SUCH_WORKFLOW
  if (unit.length === expected.length && unit.headHex === expected.head) return undefined
  return refusal('fix-request', 'stale-version', `It has moved on: ${unit.length} entries, not ${expected.length}.`)
}

const nextNumber = (unit: Unit, journal: string): number => {
  let last = unit.state?.marks[journal] ?? 0
  for (const one of waitingProposals(unit.replica))
    if (!one.malformed && one.proposal.journal === journal) last = Math.max(last, one.proposal.n)
  return last + 1
}

const definitionNamed = (content: Json): string | undefined => {
  const named = typeof content === 'object' && content !== null && 'definition' in content ? content.definition : undefined
  return typeof named === 'string' ? named : undefined
}
