/**
 * Who begins next: everything that waits for an agent, for what is limited, or for its start, is asked for in one queue, most urgent
 * first (LIM-2), until in a whole round nothing has moved.
 *
 *   found fit           offered to an agent, or begun; its claims count at once, for the next in the queue
 *   fails at once       its breaker is open
 *   has to wait         the log says for what, once; whoever has waited longer than `patienceMs` keeps all it needs, an agent too,
 *                       from the less urgent of this round, so the most urgent of the patient is never overtaken: nobody starves
 */
import { urgency } from '../allocation/queue.ts'
import type { Instant } from '../values/instant.ts'
import type { Act } from '../workflow/command.ts'
import type { WantedBegin, WantedOffer } from '../workflow/want.ts'
import type { Admission, Opening, Queued } from './admission.ts'
import type { AdmissionTurn, Verdict } from './admission-turn.ts'
import type { ConsistencyTurn } from './consistency-turn.ts'
import type { Crew } from './crew.ts'
import type { Dispatch } from './dispatch.ts'
import { type SafetyParts, SafetyRound } from './safety.ts'
import type { Unit } from './unit.ts'
import type { Waiting } from './waiting.ts'

export interface Desk {
  readonly dispatch: Dispatch
  readonly admission: Admission
  readonly turn: AdmissionTurn
  readonly consistency: ConsistencyTurn
  /** What the rules of the house say; none where there are none. */
  readonly safety: SafetyParts | undefined
  readonly unitOf: (workflow: string) => Unit | undefined
  readonly now: Instant
  readonly put: (workflow: string, act: Act, by: string) => void
  /** Draws what is wanted after all that was put. */
  readonly settle: () => void
}

type Place = Queued | Opening

/** What is waited for where nothing may begin before the hub has acknowledged more. */
export const HUB = 'the hub'

/** In whose name the log says what begins without anybody's hand. */
const LIMITS = 'limits'

/** The same of what the rules of the house settled. */
const RULES = 'rules'

/** A rule may go by the time, or by where agents are: so it is asked again though nobody gave anything back. */
const ASK_RULES_MS = 2_000

export const assign = (desk: Desk): Waiting[] => {
  for (;;) {
    desk.settle()
    const round = new AssignRound(desk)
    if (round.run()) continue
    desk.settle()
    return round.waiting
  }
}

class AssignRound {
  /** What was not let begin, for want of what. */
  readonly waiting: Waiting[] = []
  readonly #desk: Desk
  readonly #crew: Crew
  readonly #safety: SafetyRound | undefined
  #moved = false

  constructor(desk: Desk) {
    this.#desk = desk
    this.#crew = desk.dispatch.crew()
    this.#safety = desk.safety && new SafetyRound(desk.safety, desk.now)
  }

  /** @returns whether something moved that may have opened a way for another */
  run(): boolean {
    const { admission, turn } = this.#desk
    if (this.#crew.isBusy && !admission.waits) return false
    turn.beginRound()
    for (const place of this.#queue()) {
      if ('opening' in place) this.#open(place)
      else this.#ask(place)
    }
    return this.#moved
  }

  #queue(): readonly Place[] {
    const { admission, dispatch } = this.#desk
    const places: Place[] = [...admission.openings(), ...admission.begins(), ...dispatch.offers()]
    return places.sort((a, b) => urgency(waitOf(a)) - urgency(waitOf(b)) || compareTexts(a.workflow, b.workflow))
  }

  #open({ workflow }: Opening): void {
    const { turn, put } = this.#desk
    if (!turn.open()) return
    put(workflow, { type: 'start' }, LIMITS)
    this.#moved = true
  }

  #ask(queued: Queued): void {
    const { begin } = queued
    const { turn, now } = this.#desk
    if (begin.notBefore !== undefined && begin.notBefore > now.wall) return
    if (isOffer(begin)) return this.#offer(queued, begin)
    if (this.#isHindered(queued)) return
    const verdict = turn.judge(queued, now)
    if (verdict.may !== 'begin') return this.#hold(queued, verdict)
    if (this.#guarded(queued, undefined, []) === 'wait') return
    this.#take(queued)
    this.#put(queued, { type: 'begin', ...nameOf(begin) })
  }

  #offer(queued: Queued, offer: WantedOffer): void {
    const { turn, now } = this.#desk
    const agent = this.#crew.choose(offer)
    // One that nobody can take up now, but somebody here could, may have waited long enough to keep its place all the same.
    if (agent === undefined && !(this.#isPatient(offer) && this.#crew.canDo(offer))) return
    if (this.#isHindered(queued)) return
    const verdict = turn.judge(queued, now)
    if (verdict.may !== 'begin') {
      if (agent !== undefined && verdict.may === 'wait' && this.#isPatient(offer)) this.#crew.take(agent)
      return this.#hold(queued, verdict)
    }
    if (agent === undefined) return turn.reserve(queued)
    const guarded = this.#guarded(queued, agent, this.#crew.free(offer))
    if (guarded === 'wait') return
    const chosen = guarded?.agent ?? agent
    this.#take(queued)
    this.#crew.take(chosen)
    this.#safety?.took(queued.workflow, offer, chosen)
    this.#put(queued, { type: 'offer', agent: chosen, ...nameOf(offer) }, chosen)
  }

  #hold(queued: Queued, verdict: Exclude<Verdict, { may: 'begin' }>): void {
    const { workflow, begin } = queued
    if (verdict.may === 'fail') {
      this.#moved = true
      return this.#put(queued, { type: 'deny', error: verdict.error, ...nameOf(begin) })
    }
    const { pool, shortage, retryAt } = verdict
    if (this.#isPatient(begin)) this.#desk.turn.reserve(queued)
    if (begin.awaiting !== pool) this.#put(queued, { type: 'await', resource: pool, shortage, ...nameOf(begin) })
    this.waiting.push({ workflow, begin, pool, shortage, ...(retryAt === undefined ? {} : { retryAt }) })
  }

  #take(queued: Queued): void {
    const { turn, consistency, now } = this.#desk
    turn.take(queued, now)
    consistency.count(queued.workflow)
  }

  /** Its consistency policy lets nothing begin for now. It reserves nothing meanwhile: what it waits for is nobody's to give back. */
  #isHindered(queued: Queued): boolean {
    const { consistency, unitOf } = this.#desk
    const { workflow, begin } = queued
    const unit = unitOf(workflow)
    const hindrance = unit && consistency.hindrance(unit)
    if (hindrance === undefined || hindrance.silent) return hindrance !== undefined
    if (begin.awaiting !== HUB) this.#put(queued, { type: 'await', resource: HUB, shortage: hindrance.shortage, ...nameOf(begin) })
    return true
  }

  /** @returns that it has to wait by the rules of the house, or who is to take it up instead, where that is another */
  #guarded(queued: Queued, agent: string | undefined, free: readonly string[]): 'wait' | { readonly agent: string } | undefined {
    const { workflow, begin } = queued
    const guarded = this.#safety?.judge(workflow, begin, agent, free)
    for (const act of guarded?.acts ?? []) this.#put(queued, act, RULES)
    if (guarded?.may !== 'wait') return guarded?.agent === undefined ? undefined : { agent: guarded.agent }
    const { resource: pool, shortage } = guarded
    if (begin.awaiting !== pool) this.#put(queued, { type: 'await', resource: pool, shortage, ...nameOf(begin) })
    this.waiting.push({ workflow, begin, pool, shortage, retryAt: this.#desk.now.monotonic + ASK_RULES_MS })
    return 'wait'
  }

  #put({ workflow }: Queued, act: Act, by = LIMITS): void {
    this.#desk.put(workflow, act, by)
  }

  #isPatient({ since }: WantedBegin): boolean {
    return this.#desk.now.wall - since >= this.#desk.admission.limits.patienceMs
  }
}

const isOffer = (begin: WantedBegin): begin is WantedOffer => 'capability' in begin

const waitOf = (place: Place): WantedBegin | Opening['opening'] => ('opening' in place ? place.opening : place.begin)

const nameOf = ({ ref, attempt, purpose }: WantedBegin) => ({ ref, attempt, purpose })

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
