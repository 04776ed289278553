/**
 * A random world for random definitions: agents that succeed, fail, decline, fall silent, answer twice or too late, people who meddle, and
 * a clock that moves on when nothing else does.
 *
 * The world does only what is wanted, so a workflow that it can't bring to an end is one that nobody would ever have woken (I19).
 */
import type { Demand } from '../definition/compiled.ts'
import type { Json } from '../values/json.ts'
import type { AttemptName, Fact } from './command.ts'
import { CAPACITIES, type Dice, type RandomWorkflow } from './random-definition-support.ts'
import { answerAsked, isReopened, meddle, settleConflicts } from './random-meddling-support.ts'
import { isTerminal } from './status.ts'
import { Run } from './test-support.ts'
import type { WantedChild, WantedWait } from './want.ts'

/** What happened that was no answer to a want, so a test can ask about it. */
export interface WorldOptions {
  /** Probability that somebody interferes (cancels, pauses, resumes, signals) before a step of the world. */
  readonly interference: number
  readonly maxMoves: number
}

export class World {
  readonly run: Run
  readonly #random: Dice
  readonly #options: WorldOptions
  /** Reports on their way, with the moment at which they arrive. */
  #reports: { readonly at: number; readonly fact: Fact }[] = []
  readonly #called = new Set<string>()
  #signals = 0

  constructor({ definition, seed, dice }: RandomWorkflow, options: WorldOptions) {
    this.#random = dice
    this.#options = options
    const list = Array.from({ length: this.#random.between(0, 4) }, (_, n) => n)
    const gates = { calls: this.#random.chance(0.3), starts: this.#random.chance(0.3) }
    this.run = new Run(definition, { n: this.#random.between(0, 3), list }, `k${seed}`, gates)
    this.run.checksReplay = false
  }

  /** @returns whether it ended; a workflow that wants nothing and has not ended throws */
  live(moves = this.#options.maxMoves): boolean {
    for (let move = 0; move < moves; move += 1) {
      const mayInterfere = move < this.#options.maxMoves / 2
      if (isTerminal(this.run.state.status) && !(mayInterfere && this.#isReopened())) return true
      this.#move(mayInterfere)
    }
    return false
  }

  #isReopened(): boolean {
    return this.#random.chance(this.#options.interference) && isReopened(this.run, this.#random)
  }

  /** What is still under way arrives after the end, some of it twice. */
  aftermath(): void {
    for (const { fact } of this.#reports) {
      this.#put(fact)
      this.#put(fact)
    }
    settleConflicts(this.run, this.#random)
  }

  #move(mayInterfere: boolean): void {
    if (mayInterfere && this.#random.chance(this.#options.interference)) this.#interfere()
    if (this.run.state.status === 'paused' && !mayInterfere) this.run.put({ type: 'resume' })
    this.#deliver()
    this.#open()
    this.#assign()
    this.#work()
    this.#pass()
  }

  #interfere(): void {
    if (this.#random.chance(0.5)) this.#signal(this.#random.pick(['go', 'stop', 'unheard']))
    else meddle(this.run, this.#random)
  }

  #signal(name: string): void {
    this.#signals += 1
    this.run.signal(name, `${this.#signals}`, this.#random.pick<Json>([null, 'bad', 1]))
  }

  #deliver(): void {
    const { now } = this.run
    const due = this.#reports.filter(({ at }) => at <= now)
    this.#reports = this.#reports.filter(({ at }) => at > now)
    for (const { fact } of due) {
      this.#put(fact)
      if (this.#random.chance(0.2)) this.#put(fact)
      if (this.#random.chance(0.1)) this.#reports.push({ at: now + this.#random.between(1, 30_000), fact })
    }
  }

  #put(fact: Fact): void {
    if ('ref' in fact) this.run.report(fact)
    else this.run.put(fact, 'relay')
  }

  #open(): void {
    if (this.run.wanted.opening !== undefined && this.#random.chance(0.5)) this.run.put({ type: 'start' })
  }

  /** As an engine would, though in no fair order; an act may have ended what the next one is for. */
  #assign(): void {
    const { begins, offers } = this.run.wanted
    for (const begin of [...begins, ...offers]) {
      if ((begin.notBefore ?? 0) > this.run.now || this.#random.chance(0.3)) continue
      const { ref, attempt, purpose, awaiting, demand } = begin
      const name = { ref, attempt, purpose }
      const lacking = this.#lacking(demand)
      if (lacking !== undefined) {
        if (lacking !== awaiting) this.run.put({ type: 'await', resource: lacking, shortage: 'all of it held', ...name })
      } else if (demand.breaker !== undefined && this.#random.chance(0.05)) {
        this.run.put({ type: 'deny', error: { code: 'circuit-open', message: 'it keeps failing', retryable: false }, ...name })
      } else if ('capability' in begin) this.run.put({ type: 'offer', agent: `a${this.#random.between(0, 3)}`, ...name })
      else this.run.put({ type: 'begin', ...name })
    }
  }

  #lacking({ needs, concurrency, rate }: Demand): string | undefined {
    const { holds } = this.run.wanted
    const held = (resource: string): number =>
      holds.flatMap((hold) => hold.demand.needs).reduce((sum, need) => sum + (need.resource === resource ? need.amount : 0), 0)
    for (const [resource, capacity] of Object.entries(CAPACITIES))
      if (held(resource) > capacity) throw new Error(`${held(resource)} of ${resource} are held, and there are ${capacity}`)
    const lacking = needs.find(({ resource, amount }) => held(resource) + amount > (CAPACITIES[resource] ?? 0))
    if (lacking !== undefined) return lacking.resource
    if (concurrency !== undefined && holds.length >= concurrency) return 'steps at once'
    return rate !== undefined && this.#random.chance(0.5) ? 'rate' : undefined
  }

  #work(): void {
    const { tasks, calls, waits, starts, answers, children, signals } = this.run.wanted
    for (const { task, leaseMs, stop, accepted, ref, attempt, purpose } of tasks) {
      const name = { ref, attempt, purpose }
      if (stop !== undefined && !this.#called.has(`stop ${task}`)) this.#once(`stop ${task}`, () => this.#answerStop(name, leaseMs))
      else if (!accepted) this.#once(`offer ${task}`, () => this.#answerOffer(name, leaseMs))
    }
    for (const { id, ref, attempt, purpose } of calls) this.#once(`call ${id}`, () => this.#endCall({ ref, attempt, purpose }))
    for (const wait of waits) this.#once(`wait ${wait.ref} ${wait.position}`, () => this.#settleElsewhere(wait))
    for (const child of children) this.#once(`${child.ask} ${child.workflow} ${child.attempt}`, () => this.#answerForChild(child))
    for (const { ref, position, parties } of this.run.wanted.barriers) {
      if (this.#random.chance(0.3)) this.run.put({ type: 'barrier-met', step: ref, position, arrived: parties }, 'barrier')
    }
    for (const { key } of starts) this.run.put({ type: 'follow-up-started', key, workflow: 'w' })
    for (const answer of answers) if (this.#random.chance(0.4)) answerAsked(this.run, this.#random, answer)
    // Nobody can be asked for a signal: it comes in the end.
    for (const name of signals) if (this.#random.chance(0.2)) this.#signal(name)
  }

  #once(key: string, act: () => void): void {
    if (this.#called.has(key)) return
    this.#called.add(key)
    act()
  }

  #answerOffer(name: AttemptName, leaseMs: number): void {
    const soon = this.run.now + this.#random.between(0, leaseMs)
    const answer = this.#random.between(0, 9)
    // Whoever says nothing loses its lease, and may be heard of yet.
    if (answer === 0 || answer === 1) this.#report({ type: 'lease-lost', ...name }, this.run.now + leaseMs)
    if (answer === 0) return
    if (answer === 2) return this.#report({ type: 'attempt-declined', reason: 'busy', ...name }, soon)
    this.#report({ type: 'attempt-accepted', ...name }, soon)
    // A lost lease doesn't keep an agent from finishing.
    if (answer === 3) this.#report({ type: 'lease-lost', ...name }, soon + this.#random.between(0, leaseMs))
    this.#finish(name)
  }

  #finish(name: AttemptName): void {
    if (this.#random.chance(0.94)) return this.#end(name)
    this.#report({ type: 'lease-lost', ...name }, this.run.now + this.#random.heavyTail(50, 20_000))
  }

  #end(name: AttemptName): void {
    const at = this.run.now + this.#random.heavyTail(50, 20_000)
    if (this.#random.chance(0.85)) {
      return this.#report({ type: 'attempt-succeeded', output: this.#random.pick<Json>([null, 'bad', 7, { x: [1] }]), ...name }, at)
    }
    const code = this.#random.pick(['network', 'network', 'broken', 'unavailable'])
    this.#report({ type: 'attempt-failed', error: { code, message: code, retryable: this.#random.chance(0.5) }, ...name }, at)
  }

  /** Whoever makes a call also times it. */
  #endCall(name: AttemptName): void {
    if (this.#random.chance(0.9)) return this.#end(name)
    const error = { code: 'timeout', message: 'too long', retryable: true }
    this.#report({ type: 'attempt-failed', error, ...name }, this.run.now + this.#random.between(1, 30_000))
  }

  #answerStop(name: AttemptName, leaseMs: number): void {
    const at = this.run.now + this.#random.between(0, leaseMs)
    this.#report(this.#random.chance(0.6) ? { type: 'attempt-stopped', ...name } : { type: 'lease-lost', ...name }, at)
  }

  #settleElsewhere({ workflow, step }: WantedWait): void {
    const fact: Fact = {
      type: 'step-settled-elsewhere',
      workflow,
      ...(step === undefined ? {} : { step }),
      succeeded: this.#random.chance(0.8),
      output: null,
    }
    this.#report(fact, this.run.now + this.#random.between(0, 5_000))
  }

  /** A child that should go back may have been too far on; what should be undone may not let itself be. */
  #answerForChild({ ask, ref, attempt, purpose }: WantedChild): void {
    const at = this.run.now + this.#random.between(0, 20_000)
    const status = this.#random.chance(0.8)
      ? ({ run: 'completed', hold: 'completed', cancel: 'cancelled', undo: 'cancelled' } as const)[ask]
      : this.#random.pick(ask === 'undo' ? (['failed', 'refused'] as const) : (['completed', 'failed', 'cancelled', 'refused'] as const))
    this.#report({ type: 'child-ended', of: { ref, attempt, purpose }, status, output: null }, at)
  }

  #report(fact: Fact, at: number): void {
    this.#reports.push({ at, fact })
  }

  /** Time goes on to the next moment at which anything is due; if there is none, something must be wanted. */
  #pass(): void {
    const { wakeAt, opening, underWay: _underWay, ...lists } = this.run.wanted
    const waiting = [...lists.begins, ...lists.offers].map(({ notBefore, since }) => notBefore ?? since)
    const moments = [...this.#reports.map(({ at }) => at), ...waiting, ...(wakeAt === undefined ? [] : [wakeAt])]
    const next = Math.min(...moments.filter((at) => at > this.run.now))
    const wants = Object.values(lists).reduce((sum, list) => sum + list.length, moments.length)
    const { status } = this.run.state
    if (wants === 0 && (status === 'active' || (status === 'pending' && opening === undefined)))
      throw new Error(`active, and nothing is wanted: ${this.run.story.slice(-12).join(' · ')}`)
    this.run.wait(Number.isFinite(next) ? next - this.run.now : 1)
  }
}
