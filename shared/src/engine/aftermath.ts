/**
 * What follows a commit: the engine makes the world as the states want it (E4). Memory only; after a restart it is drawn again from
 * the states, by the same code.
 *
 *   wants of a unit ──▶ offers and stops to agents · calls to functions · follow-ups started · the next moment at which time matters
 *
 *   A1  Nothing is carried out before the state that wants it is durable.
 *   A2  What the engine puts in by itself — reports, ticks, follow-ups — is put in again until it is taken or refused for good, so a
 *       commit that fails for a while loses none of it.
 */
import { highestEpoch } from '../consistency/authorities.ts'
import { StoreFailure } from '../ports/store.ts'
import type { Refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { Fact } from '../workflow/command.ts'
import { isTerminal } from '../workflow/status.ts'
import type { Wanted, WantedStart } from '../workflow/want.ts'
import { Admission } from './admission.ts'
import { Alarms } from './alarms.ts'
import { NO_SUCH_WORKFLOW } from './answers.ts'
import { Barriers } from './barriers.ts'
import { Callees } from './callees.ts'
import { Calls } from './calls.ts'
import type { Catalogue } from './catalogue.ts'
import { Children } from './children.ts'
import type { EngineConfig } from './config.ts'
import { type AgentView, Dispatch } from './dispatch.ts'
import { followUpWill } from './follow-up.ts'
import type { Answer, Input, WillInput } from './inputs.ts'
import { Insistence, RETRY_MS } from './insistence.ts'
import { NO_LIMITS } from './limits.ts'
import type { Outlet } from './outlet.ts'
import { childEffect, startEffect } from './release-ledger.ts'
import { ResultCache } from './result-cache.ts'
import { isOpen, isParked } from './standing.ts'
import { storeRefusal } from './store-refusal.ts'
import type { Author, Unit } from './unit.ts'
import type { Units } from './units.ts'
import { WaitingList } from './waiting.ts'
import { earliest } from './wants.ts'

export interface AftermathParts {
  readonly config: EngineConfig
  readonly author: Author
  readonly catalogue: Catalogue
  readonly units: Units
  readonly outlet: Outlet
  /** Whose a workflow is that is not in memory. */
  readonly homeOf: (workflow: string) => Promise<string | undefined>
  /** What a workflow wants that may not be in memory. */
  readonly wantsOf: (workflow: string) => Promise<Wanted | undefined>
  readonly submit: (input: Input) => Promise<Result<Answer, Refusal>>
  /** As it stands durably, between two turns. */
  readonly read: (workflow: string) => Promise<Result<Unit | undefined, Refusal>>
}

/** How much waits at a moment: inputs for a turn, offers for an agent; tasks and calls for their end. */
export interface EngineLoad {
  readonly inputs: number
  readonly offers: number
  readonly tasks: number
  readonly calls: number
}

export class Aftermath {
  readonly dispatch: Dispatch
  readonly admission: Admission
  readonly waiting: WaitingList
  readonly #parts: AftermathParts
  readonly #calls: Calls
  readonly #children: Children
  readonly #barriers = new Barriers()
  readonly #alarms = new Alarms()
  readonly insistence: Insistence
  readonly #wants = new Map<string, Wanted>()
  readonly #starting = new Set<string>()
  #cancelAlarm: () => void = () => {}
  #alarmAt: number | undefined

  constructor(parts: AftermathParts) {
    this.#parts = parts
    const { config, author } = parts
    this.insistence = new Insistence(config.clock, parts.submit)
    const limits = config.limits ?? NO_LIMITS
    this.admission = new Admission(limits)
    this.waiting = new WaitingList(limits.starvingMs)
    const report = (workflow: string, fact: Fact, by: string): Promise<Result<Answer, Refusal>> => this.#report(workflow, fact, by)
    this.#calls = new Calls(config.clock, new Callees(config.functions, config.executors), new ResultCache(config.store), report)
    this.#children = new Children({
      catalogue: parts.catalogue,
      read: parts.read,
      insist: (input) => this.insist(input),
      report: (workflow, fact) => report(workflow, fact, author.node),
    })
    this.dispatch = new Dispatch({
      clock: config.clock,
      node: author.node,
      epoch: () => highestEpoch(config.authority),
      heartbeatMs: config.heartbeatMs,
      maySee: (workflow, effect) => {
        const unit = parts.units.peek(workflow)
        return unit === undefined || parts.outlet.release.show(unit, effect)
      },
      isHeld: (workflow, effect) => parts.outlet.release.isHeld(workflow, effect),
      report,
      wake: () => void this.insist({ kind: 'dispatch' }),
      onPresence: (agent) => this.#notePresence(agent),
    })
  }

  close(): void {
    this.insistence.close()
    this.#cancelAlarm()
    this.#calls.close()
  }

  get load(): { readonly offers: number; readonly tasks: number; readonly calls: number } {
    return { ...this.dispatch.queues, calls: this.#calls.inFlight }
  }

  // ── wants ──

  want({ id, home, state }: Unit, wanted: Wanted): void {
    this.#wants.set(id, wanted)
    this.dispatch.setWanted(id, wanted, state !== undefined && isTerminal(state.status))
    if (state !== undefined) this.admission.set(id, { home, key: state.key, by: state.createdBy }, wanted)
  }

  wantNothing(workflow: string): void {
    this.#parts.outlet.release.forget(workflow)
    this.#wants.delete(workflow)
    this.dispatch.setWanted(workflow, undefined)
    this.admission.forget(workflow)
  }

  letGo(workflow: string, home: string): void {
    this.wantNothing(workflow)
    this.#children.setWanted(workflow, home, [])
    this.#barriers.setWanted(workflow, home, [])
    this.#alarms.set(workflow, undefined)
  }

  wantedBy(workflow: string): Wanted | undefined {
    return this.#wants.get(workflow)
  }

  /**
   * @param recovering an earlier life of the process may have begun what is wanted
   * @param seenAt wall clock of the turn that last assigned offers from these wants: what fell due after it still has to ring
   * @param notBefore it rings no sooner: what failed a moment ago would fail again at once, without end
   */
  carryOut(unit: Unit, recovering: boolean, seenAt: number, notBefore = Number.NEGATIVE_INFINITY): void {
    const wants = this.#wants.get(unit.id)
    const { release } = this.#parts.outlet
    if (wants === undefined) release.forget(unit.id)
    else release.want(unit, wants)
    this.#show(unit, wants, recovering)
    for (const parties of this.#barriers.setWanted(unit.id, unit.home, wants?.barriers ?? [])) void this.insist({ kind: 'meet', parties })
    if (wants === undefined) return
    const at = earliest(wants, seenAt)
    this.#alarms.set(unit.id, at === undefined ? undefined : Math.max(at, notBefore))
    this.#keep(unit, wants)
  }

  /** Something that was held may be shown by now. */
  showAgain(workflow: string): void {
    const unit = this.#parts.units.peek(workflow)
    const wants = this.#wants.get(workflow)
    if (unit !== undefined && wants !== undefined) this.#show(unit, wants, false)
  }

  /** What its consistency policy lets the world see of what is wanted. */
  #show(unit: Unit, wants: Wanted | undefined, recovering: boolean): void {
    const { release } = this.#parts.outlet
    const may = (effect: string): boolean => release.show(unit, effect)
    const children = wants?.children.filter(({ ask, workflow }) => may(childEffect(ask, workflow))) ?? []
    this.#children.setWanted(unit.id, unit.home, children)
    this.#children.look(unit.id)
    if (wants === undefined) return
    this.dispatch.release(unit.id)
    this.#calls.release(unit.id, wants.calls, recovering, may)
    for (const start of wants.starts) if (may(startEffect(start.key))) void this.#startFollowUp(unit, start)
  }

  /** A parked workflow keeps its timer and leaves memory when others need the room; an ended one leaves at once. */
  #keep(unit: Unit, wants: Wanted): void {
    const { units } = this.#parts
    if (!isParked(wants)) return units.hold(unit.id)
    this.#wants.delete(unit.id)
    this.admission.rest(unit.id)
    if (unit.state !== undefined && isOpen(unit.state)) units.rest(unit.id)
    else units.evict(unit.id)
  }

  /** One that an earlier life left parked: nothing but its moment is to be remembered. */
  park(workflow: string, wakeAt: number | undefined): void {
    this.#alarms.set(workflow, wakeAt)
    this.admission.setUnderWay(workflow)
  }

  /** Started under an id made of its parent's, so trying again after a crash starts nothing twice. */
  async #startFollowUp(unit: Unit, start: WantedStart): Promise<void> {
    const { key } = start
    if (this.#starting.has(key)) return
    this.#starting.add(key)
    const will = followUpWill(this.#parts.catalogue, unit, start)
    const started = will.ok ? await this.insist(will.value) : will
    this.#starting.delete(key)
    if (!started.ok || !will.ok) return
    await this.#report(unit.id, { type: 'follow-up-started', key, workflow: will.value.workflow }, this.#parts.author.node)
  }

  // ── what comes back ──

  async #report(workflow: string, fact: Fact, by: string): Promise<Result<Answer, Refusal>> {
    const home = await this.#homeOf(workflow)
    if (!home.ok) return home
    const will: WillInput = { kind: 'will', workflow, home: home.value, command: fact, by, reason: fact.type }
    const taken = await this.insist(will)
    if (taken.ok || fact.type !== 'attempt-succeeded' || taken.error.next !== 'fix-request') return taken
    // An output that no log can hold: the attempt did end, so it must not seem to be at work still.
    const { type: _type, output: _output, ...name } = fact
    const error = { code: 'output-unusable', message: taken.error.message, retryable: false }
    return this.insist({ ...will, command: { type: 'attempt-failed', error, ...name } })
  }

  /** Asked again where the store can't be read at the moment: what is reported must not be lost by that. */
  async #homeOf(workflow: string): Promise<Result<string, Refusal>> {
    for (;;) {
      try {
        const home = this.#parts.units.peek(workflow)?.home ?? (await this.#parts.homeOf(workflow))
        return home === undefined ? err(NO_SUCH_WORKFLOW) : ok(home)
      } catch (thrown) {
        if (!(thrown instanceof StoreFailure)) throw thrown
        const refused = storeRefusal(thrown.reason)
        if (refused.next !== 'retry-later' || this.insistence.isClosed) return err(refused)
        await new Promise<void>((resolve) => this.insistence.later(resolve))
      }
    }
  }

  /** What is written down is where the agent is by then: news of a while ago must not overtake later news. */
  #notePresence({ id, kind, capabilities, capacity }: AgentView): void {
    for (const home of this.#parts.config.authority.homes) {
      if (!this.#parts.config.authority.isAuthority(home)) continue
      const profile = { agent: id, kind, capabilities, capacity }
      void this.insistence.on(() => ({ kind: 'presence', home, presence: { ...profile, present: this.dispatch.isConnected(id) } }))
    }
  }

  insist(input: Input): Promise<Result<Answer, Refusal>> {
    return this.insistence.on(() => input)
  }

  // ── time ──

  /** One timer for all that is due: the earliest tick (wall clock) or end of a lease (monotonic). */
  setAlarm(): void {
    const now = this.#parts.config.clock.now()
    const tickInMs = (this.#alarms.next() ?? Number.POSITIVE_INFINITY) - now.wall
    const leaseInMs = (this.dispatch.nextLeaseEnd() ?? Number.POSITIVE_INFINITY) - now.monotonic
    const delayMs = Math.max(0, Math.min(tickInMs, leaseInMs, this.waiting.wakesIn(now)))
    const at = Number.isFinite(delayMs) ? now.monotonic + delayMs : undefined
    if (at === this.#alarmAt) return
    this.#alarmAt = at
    this.#cancelAlarm()
    if (at !== undefined && !this.insistence.isClosed) this.#cancelAlarm = this.#parts.config.clock.after(delayMs, () => this.#ring())
  }

  #ring(): void {
    this.#alarmAt = undefined
    if (this.insistence.isClosed) return
    for (const workflow of this.#alarms.due(this.#parts.config.clock.now().wall)) void this.tick(workflow)
    this.dispatch.endLeases()
    if (this.waiting.wakesIn(this.#parts.config.clock.now()) === 0) {
      // The turn that asks again sets the next moment.
      this.waiting.rest()
      void this.insist({ kind: 'dispatch' })
    }
    this.setAlarm()
  }

  /** It may have come for one of several timers, or to an offer that nobody was free for: the next moment is set whatever came of it. */
  async tick(workflow: string): Promise<void> {
    const askedAt = this.#parts.config.clock.now().wall
    const ticked = await this.insist({ kind: 'tick', workflow })
    const wants = this.#wants.get(workflow) ?? (await this.#parts.wantsOf(workflow))
    if (wants === undefined) return
    const at = earliest(wants, askedAt)
    // A tick that was due and moved nothing, or was refused, is asked again, but not at once: it must neither spin nor be forgotten.
    const idle = (!ticked.ok || ticked.value.replayed) && at !== undefined && at <= askedAt
    this.#alarms.set(workflow, idle ? askedAt + RETRY_MS : at)
    this.setAlarm()
  }
}
