/**
 * One pass of the engine up to its commit: inputs in, one batch out (E1–E3). Nothing here is visible to anybody until the batch is
 * durable; if it can't be made durable, every unit that was touched is dropped and read again.
 *
 *   will       by the authority: decided, staged           elsewhere: proposed
 *   tick       the timers of a workflow that are due
 *   received   guarded and applied; at the authority the proposals that came are judged, in the order of their journals
 *   then       what waits is offered to free agents or let begin, and everything is written down
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Append, Batch, Put } from '../ports/store.ts'
import { refuseContent } from '../values/content.ts'
import type { Instant } from '../values/instant.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Act, Command } from '../workflow/command.ts'
import type { LogEntry } from '../workflow/event.ts'
import type { WorkflowState } from '../workflow/state.ts'
import type { AdmissionTurn } from './admission-turn.ts'
import { DECIDED, foreignHome, NO_SUCH_WORKFLOW, notTheAuthority, staleness, TOO_MANY_WAITING, unknownDefinition } from './answers.ts'
import { type AskedRow, askedRow } from './asked.ts'
import { assign } from './assign.ts'
import { Books } from './books.ts'
import type { ConsistencyTurn } from './consistency-turn.ts'
import type { Core } from './core.ts'
import type { PeerCursor } from './cursors.ts'
import { lookForFrictions } from './frictions.ts'
import { handOver, notePresence, resetBreaker } from './home-inputs.ts'
import { noteAtHome } from './home-notes.ts'
import type { Answer, Input, RetireInput, WillInput } from './inputs.ts'
import { judgeWaiting } from './judging.ts'
import { judgeBranches } from './judging-branches.ts'
import { meet } from './meeting.ts'
import { noteOutcomes } from './outcomes.ts'
import { NO_SUCH_PAPER } from './paper-input.ts'
import type { PaperUnit } from './papers.ts'
import { summaryOf } from './projections.ts'
import { proposeWill } from './proposing.ts'
import { receive } from './receiving.ts'
import { Mending, mend } from './repairing.ts'
import { Retiring } from './retiring.ts'
import type { Roster } from './roster.ts'
import type { Summary } from './summary.ts'
import { editTitle, takeText, writeTitle } from './texts.ts'
import type { Unit } from './unit.ts'
import type { Waiting } from './waiting.ts'
import { wantsOf } from './wants.ts'
import { tooHeavy, writtenBy } from './weight.ts'

export class Turn {
  readonly #core: Core
  readonly now: Instant
  readonly touched = new Set<Unit>()
  readonly rosters = new Set<Unit<Roster>>()
  readonly papers = new Set<PaperUnit>()
  readonly books: Books
  readonly admission: AdmissionTurn
  readonly consistency: ConsistencyTurn
  /** What may not begin yet, and for want of what. */
  waiting: readonly Waiting[] = []
  /** Home → origin → updates this turn appends. */
  readonly appended = new Map<string, Map<string, number>>()
  /** Where the peers' feeds stand after this turn. */
  readonly cursors = new Map<string, PeerCursor>()
  readonly retiring = new Retiring()
  /** Own workflows that a former authority has gone on with: what it had begun, it may have done. */
  readonly adopted = new Set<Unit>()
  readonly mending = new Mending()
  readonly #retirements: RetireInput[] = []
  readonly #puts: Put[] = []
  /** Whose wants are those of an earlier state. */
  readonly #moved = new Set<Unit>()

  constructor(core: Core, now: Instant) {
    this.#core = core
    this.now = now
    this.books = new Books((home) => core.countsOf(home))
    this.admission = core.admission.turn()
    this.consistency = core.outlet.turn()
  }

  /** What this input leads to. A refusal changed nothing. Throws only on a broken assumption; then the turn must be dropped. */
  take(input: Input): Result<Answer, Refusal> {
    switch (input.kind) {
      case 'will':
        return this.#will(input)
      case 'edit':
        return editTitle(this.#core, this, input)
      case 'text':
        return takeText(this.#core, this, input)
      case 'paper':
        return this.#core.units.papers?.edit(this.#core, this, input) ?? err(NO_SUCH_PAPER)
      case 'tick':
        return this.#command(this.#core.units.peek(input.workflow), { type: 'tick' }, 'clock')
      case 'received':
        return receive(this.#core, this, input)
      case 'judge':
        return this.#judge(input.workflow)
      case 'presence':
        return notePresence(this.#core, this, input)
      case 'reset-breaker':
        return resetBreaker(this.#core, this, input)
      case 'hand-over':
        return handOver(this.#core, this, input)
      case 'meet':
        return ok(meet(this.#core.units, input, (unit, command, by) => void this.#command(unit, command, by)))
      case 'repair':
      case 'discard':
        return mend(this.#core, this, input)
      case 'retire':
        this.#retirements.push(input)
        return ok(DECIDED)
      case 'dispatch':
        return ok(DECIDED)
    }
  }

  #will(input: WillInput): Result<Answer, Refusal> {
    const bad = input.title === undefined ? undefined : refuseContent(input.title)
    if (bad !== undefined) return err(bad)
    const answered = this.#core.authority.isAuthority(input.home) ? this.#decide(input) : proposeWill(this.#core, this, input)
    if (!answered.ok || input.title === undefined) return answered
    const titled = writeTitle(this.#core, this, this.#core.units.peek(input.workflow), input.title)
    return titled.ok ? answered : titled
  }

  #decide(input: WillInput): Result<Answer, Refusal> {
    const { workflow, home, command, by, expected } = input
    const known = this.#core.units.peek(workflow)
    const stale = staleness(known, expected)
    if (stale !== undefined) return err(stale)
    if (known !== undefined && known.home !== home) return err(foreignHome(known))
    const isNew = known === undefined && command.type === 'create' && command.parent === undefined
    if (isNew && this.#core.admission.isFull) return err(TOO_MANY_WAITING)
    const notNow = this.consistency.refuse(input, known, this.#core.outlet.policyOf(definitionIn(known, command)))
    if (notNow !== undefined) return err(notNow)
    const unit = known ?? (command.type === 'create' ? this.begin(workflow, home) : undefined)
    const decided = this.#command(unit, command, by)
    if (unit !== undefined && decided.ok && !decided.value.replayed) this.consistency.take(command, unit)
    return decided
  }

  /** A document that nobody has heard of; if nothing comes of it in this turn, it is dropped again. */
  begin(workflow: string, home: string): Unit {
    const unit = this.#core.units.create(workflow, home)
    this.touched.add(unit)
    return unit
  }

  #command(unit: Unit | undefined, command: Command, by: string): Result<Answer, Refusal> {
    if (unit === undefined) return err(NO_SUCH_WORKFLOW)
    if (!this.#core.authority.isAuthority(unit.home)) return err(notTheAuthority(unit.home))
    const definition = this.#definitionFor(unit, command)
    if (definition === undefined) return err(unknownDefinition(unit))
    const decided = this.#core.rules.decide(definition, unit.id, unit.state, command, { now: this.now, by })
    if (!decided.ok) return decided
    const { entries, state } = decided.value
    if (entries.length > 0) {
      this.stage(unit, entries, state)
      this.touch(unit)
      noteOutcomes(this.admission.breakers, definition, state, entries, this.now.wall)
    }
    return ok({ ...DECIDED, replayed: entries.length === 0 })
  }

  /** A decision or verdict, with what it says of checkpoints. */
  stage(unit: Unit, entries: readonly LogEntry[], state: WorkflowState): void {
    const definition = this.#core.catalogue.byHash(state.definition)
    if (definition !== undefined) this.books.keepCheckpoints(definition, unit.id, unit.state, state)
    unit.stage(entries, state)
  }

  #definitionFor(unit: Unit, command: Command): CompiledDefinition | undefined {
    const hash = definitionIn(unit, command)
    return hash === undefined ? undefined : this.#core.catalogue.byHash(hash)
  }

  /** Wants depend on the state, so they are drawn again where it moved: once before offers are assigned from them, and once after. */
  touch(unit: Unit): void {
    this.touched.add(unit)
    this.#moved.add(unit)
  }

  #drawWants(): void {
    for (const unit of this.#moved) this.rewant(unit)
    this.#moved.clear()
  }

  rewant(unit: Unit): void {
    const wanted = wantsOf(this.#core, unit)
    if (wanted !== undefined) this.#core.want(unit, wanted)
  }

  /** What a node writes by itself about a workflow whose authority it is. */
  act(unit: Unit, act: Act, by: string): void {
    this.#command(unit, act, by)
  }

  put(put: Put): void {
    this.#puts.push(put)
  }

  /** Lets begin what may, and tells the homes what their breakers learnt; both are part of this same turn. */
  assign(): void {
    const { dispatch, admission, units } = this.#core
    const { consistency } = this
    const put = (workflow: string, act: Act, by: string): void => void this.#command(units.peek(workflow), act, by)
    this.waiting = assign({
      dispatch,
      admission,
      turn: this.admission,
      consistency,
      safety: this.#core.safety(),
      unitOf: (workflow) => units.peek(workflow),
      now: this.now,
      put,
      settle: () => this.#drawWants(),
    })
    const moved = this.touched
    lookForFrictions({ core: this.#core, now: this.now, moved, waiting: this.waiting, put: (workflow, act) => put(workflow, act, 'rules') })
    this.#drawWants()
    for (const { home, event, by } of this.admission.breakers.news()) noteAtHome(this.#core, this, home, by, () => [event])
  }

  #judge(workflow: string): Result<Answer, Refusal> {
    const unit = this.#core.units.peek(workflow)
    if (unit === undefined) return err(NO_SUCH_WORKFLOW)
    if (!this.#core.authority.isAuthority(unit.home)) return ok(DECIDED)
    judgeBranches(this.#core, this, unit)
    judgeWaiting(this.#core, this, unit)
    if (unit.isStaged) this.touch(unit)
    return ok(DECIDED)
  }

  // ── writing it down ──

  /** The whole turn as one batch; or why one of its documents can't be written. */
  batch(): Result<Batch, Refusal> {
    const appends: Append[] = []
    const expected = new Map<string, number>()
    let writtenBytes = 0
    for (const unit of [...this.touched, ...this.rosters, ...this.papers]) {
      const flushed = unit.flush(this.#core.author)
      if (!flushed.ok) return flushed
      if (flushed.value.length === 0) continue
      appends.push(...flushed.value)
      writtenBytes += writtenBy(this.#core.author.node, flushed.value)
      const tooLarge = tooHeavy(writtenBytes)
      if (tooLarge !== undefined) return err(tooLarge)
      for (const { home, origin } of flushed.value) this.#count(home, origin)
      expected.set(unit.id, unit.version)
    }
    for (const unit of this.touched) this.#project(unit)
    for (const unit of this.papers) if (expected.has(unit.id)) this.put(unit.put())
    const unitOf = (workflow: string): Unit | undefined => this.#core.units.peek(workflow)
    for (const input of this.#retirements) this.retiring.take(input, unitOf, (workflow) => expected.has(workflow), this.books)
    for (const { id, version } of this.retiring.erased) expected.set(id, version)
    const { puts, removals } = this.books.rows()
    const { archive } = this.retiring
    const erase = [...this.retiring.erased.map(({ id }) => id), ...this.mending.discarded]
    return ok({
      appends,
      puts: [...this.#puts, ...puts, ...this.retiring.puts],
      removals: [...removals, ...this.retiring.removals],
      expected,
      ...(archive.length > 0 ? { archive } : {}),
      ...(erase.length > 0 ? { erase } : {}),
    })
  }

  #count(home: string, origin: string): void {
    const origins = this.appended.get(home) ?? new Map<string, number>()
    this.appended.set(home, origins.set(origin, (origins.get(origin) ?? 0) + 1))
  }

  #project(unit: Unit): void {
    const summary = unit.isStaged ? summaryOf(unit, this.#core.catalogue) : undefined
    if (summary !== undefined) this.books.enter(unit, summary, this.#core.wantedBy(unit), this.#askedOf(unit, summary))
  }

  #askedOf({ id, state }: Unit, { title }: Summary): AskedRow | undefined {
    const definition = state && this.#core.catalogue.byHash(state.definition)
    return definition && askedRow(definition, id, state, title)
  }
}

const definitionIn = (unit: Unit | undefined, command: Command): string | undefined =>
  unit?.state?.definition ?? (command.type === 'create' ? command.definition : undefined)
