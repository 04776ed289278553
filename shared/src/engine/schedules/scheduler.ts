/**
 * Starts workflows when they are due (DEF-10).
 *
 *   the clock rings ──▶ which runs are due? ──▶ each started under its own key ──▶ the row says how far it is dealt with
 *
 *   H1  A run begins at most once: its key is made of the schedule and the moment it was due, so after a crash between the start and the
 *       row, the same start is answered as a replay.
 *   H2  What can't be started now, for the store or a stop, stays due. What can't be started at all is written down and left behind.
 *   H3  Time is waited for by the monotonic clock, a minute at most, and judged by the wall clock: a jump either way is seen.
 *   H4  Everything here happens one after another: a schedule that was paused or removed starts nothing any more.
 */
import { dueRuns } from '../../policy/schedule/due.ts'
import { nextAfter, timingProblem } from '../../policy/schedule/timing.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Batch, Store } from '../../ports/store.ts'
import { canonicalJson } from '../../values/json.ts'
import { type Refusal, refusal } from '../../values/refusal.ts'
import { err, ok, type Result } from '../../values/result.ts'
import type { Engine } from '../engine.ts'
import { storeRefusal } from '../store-refusal.ts'
import { isSchedule, runWill, SCHEDULES, type Schedule, type ScheduleSpec } from './schedule.ts'

export interface SchedulerParts {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
}

export interface Created {
  readonly schedule: Schedule
  /** It was there already, the same in all it says. */
  readonly replayed: boolean
}

const LONGEST_WAIT_MS = 60_000
const RETRY_MS = 1_000
const MAX_SCHEDULES = 1_000

export class Scheduler {
  readonly #parts: SchedulerParts
  readonly #schedules: Map<string, Schedule>
  #last: Promise<unknown> = Promise.resolve()
  #cancelAlarm: () => void = () => {}
  #closed = false

  private constructor(parts: SchedulerParts, schedules: Map<string, Schedule>) {
    this.#parts = parts
    this.#schedules = schedules
  }

  /** With the schedules of earlier lives; nothing happens before it is started. */
  static async open(parts: SchedulerParts): Promise<Scheduler> {
    const rows = await parts.store.list(SCHEDULES, { limit: MAX_SCHEDULES })
    return new Scheduler(parts, new Map(rows.flatMap(({ key, value }) => (isSchedule(value) ? [[key, value]] : []))))
  }

  /** What became due while nobody was there is dealt with at once. */
  start(): void {
    this.#wait(0)
  }

  /** Resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelAlarm()
    await this.#last
  }

  list(): readonly Schedule[] {
    return [...this.#schedules.values()]
  }

  get(id: string): Schedule | undefined {
    return this.#schedules.get(id)
  }

  create(spec: ScheduleSpec, by: string): Promise<Result<Created, Refusal>> {
    return this.#inTurn(async () => {
      const known = this.#schedules.get(spec.id)
      if (known !== undefined) return isSame(known, spec) ? ok({ schedule: known, replayed: true }) : err(TAKEN)
      const now = this.#now()
      const objection = this.#objectionTo(spec, now)
      if (objection !== undefined) return err(objection)
      const kept = await this.#keep({ ...spec, by, createdAt: now, paused: false, settledTo: now })
      return kept.ok ? ok({ schedule: kept.value, replayed: false }) : kept
    })
  }

  /** What falls due while it is paused is not missed: it was not wanted. */
  pause(id: string, paused: boolean): Promise<Result<Schedule, Refusal>> {
    return this.#inTurn(async () => {
      const schedule = this.#schedules.get(id)
      if (schedule === undefined) return err(NO_SUCH_SCHEDULE)
      return schedule.paused === paused ? ok(schedule) : this.#keep({ ...schedule, paused, settledTo: this.#now() })
    })
  }

  remove(id: string): Promise<Result<Schedule, Refusal>> {
    return this.#inTurn(async () => {
      const schedule = this.#schedules.get(id)
      if (schedule === undefined) return err(NO_SUCH_SCHEDULE)
      const refused = await this.#commit({ puts: [], removals: [{ collection: SCHEDULES, key: id }] })
      if (refused !== undefined) return err(refused)
      this.#schedules.delete(id)
      return ok(schedule)
    })
  }

  #objectionTo({ facility, definition, version, input, timing }: ScheduleSpec, now: number): Refusal | undefined {
    const { engine } = this.#parts
    if (!engine.authority.isAuthority(facility))
      return refusal('give-up', 'not-the-authority', `Schedules of ${facility} are kept by its gateway.`)
    if (this.#schedules.size >= MAX_SCHEDULES) return refusal('ask-person', 'too-many-schedules', `At most ${MAX_SCHEDULES} are kept.`)
    const problem =
      timingProblem(timing) ?? (nextAfter(timing, now) === undefined ? 'it would never run: its moment has passed' : undefined)
    if (problem !== undefined) return refusal('fix-request', 'bad-timing', problem)
    const known = engine.catalogue.byName(definition, version)
    if (known === undefined) return refusal('fix-request', 'unknown-definition', `No definition named ${definition} is known here.`)
    const misfits = known.checkInput(input)
    return misfits.length === 0 ? undefined : refusal('fix-request', 'invalid-input', misfits.join('; '))
  }

  // ── time ──

  #wait(delayMs: number): void {
    this.#cancelAlarm()
    if (!this.#closed) this.#cancelAlarm = this.#parts.clock.after(delayMs, () => void this.#inTurn(async () => {}))
  }

  /** One thing after another; after each, what is due is started and the next moment set. */
  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work)
    this.#last = done.then(
      () => this.#startDue(),
      () => this.#startDue(),
    )
    return done
  }

  async #startDue(): Promise<void> {
    let again = LONGEST_WAIT_MS
    for (const schedule of [...this.#schedules.values()]) {
      if (this.#closed) return
      if (!schedule.paused) again = Math.min(again, await this.#settle(schedule))
    }
    this.#wait(again)
  }

  /** @returns how long until it must be looked at again */
  async #settle(schedule: Schedule): Promise<number> {
    const now = this.#now()
    const due = dueRuns(schedule.timing, schedule.missed, schedule.settledTo, now)
    if (due.runs.length === 0) {
      // A clock that was set back; that nothing was due needs no writing down.
      if (due.settledTo < schedule.settledTo) this.#schedules.set(schedule.id, { ...schedule, settledTo: due.settledTo })
      return (nextAfter(schedule.timing, now) ?? Number.POSITIVE_INFINITY) - now
    }
    let settled = schedule
    for (const run of due.runs) {
      const begun = await this.#begin(settled, run)
      if (begun === undefined) return settled === schedule ? RETRY_MS : this.#keepOrRetry(settled, RETRY_MS)
      settled = begun
    }
    return this.#keepOrRetry({ ...settled, settledTo: due.settledTo }, 0)
  }

  /** @returns the schedule with this run dealt with; undefined when it has to be tried again */
  async #begin(schedule: Schedule, due: number): Promise<Schedule | undefined> {
    const will = runWill(this.#parts.engine.catalogue, schedule, due)
    const started = will.ok ? await this.#parts.engine.submit(will.value) : will
    const dealtWith = { ...schedule, settledTo: due }
    if (will.ok && (started.ok || started.error.code === 'key-reused'))
      return { ...dealtWith, lastRun: { due, workflow: will.value.workflow } }
    if (started.ok) return undefined
    const { next, code, message } = started.error
    return next === 'retry-later' ? undefined : { ...dealtWith, lastProblem: { due, code, message } }
  }

  async #keepOrRetry(schedule: Schedule, thenMs: number): Promise<number> {
    const kept = await this.#keep(schedule)
    return kept.ok ? thenMs : RETRY_MS
  }

  async #keep(schedule: Schedule): Promise<Result<Schedule, Refusal>> {
    const refused = await this.#commit({ puts: [{ collection: SCHEDULES, key: schedule.id, value: { ...schedule } }], removals: [] })
    if (refused !== undefined) return err(refused)
    this.#schedules.set(schedule.id, schedule)
    return ok(schedule)
  }

  async #commit(changes: Pick<Batch, 'puts' | 'removals'>): Promise<Refusal | undefined> {
    const committed = await this.#parts.store.commit({ appends: [], expected: new Map(), ...changes })
    return committed.ok ? undefined : storeRefusal(committed.error)
  }

  #now(): number {
    return this.#parts.clock.now().wall
  }
}

const TAKEN = refusal('fix-request', 'schedule-exists', 'There is a schedule of that id, and it says something else.')
const NO_SUCH_SCHEDULE = refusal('fix-request', 'not-found', 'There is no such schedule here.')

const isSame = (known: Schedule, spec: ScheduleSpec): boolean => {
  const { by: _by, createdAt: _at, paused: _paused, settledTo: _to, lastRun: _run, lastProblem: _problem, ...said } = known
  return canonicalJson({ ...said }) === canonicalJson({ ...spec })
}
