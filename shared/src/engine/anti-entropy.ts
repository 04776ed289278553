/**
 * Two ends compare what they hold of a home, and heal what differs (SYN-11): a store that was put back, a row that was lost, an update
 * that one side refused for want of what came before it. The feeds make both ends equal while each keeps what it was given; this finds
 * where one did not. A child asks, its hub answers.
 *
 *   ask `digest` … (link/digest.ts) ──▶ differences ──▶ `claims`: each end tells of its copies, and heals the other's (healing.ts)
 *
 *   E1  Comparing costs O(differences · log documents) on the line; each end reads its documents once, with pauses.
 *   E2  What differs in the same way as at the last comparison was not healed by it, and is left: it is told as `unhealed` until a person
 *       has looked, not written again and again.
 *   E3  Forks are told and never healed.
 */
import * as z from 'zod'
import {
  answerTo,
  beginSearch,
  type Difference,
  hearAnswer,
  Inventory,
  questionOf,
  readAnswer,
  readQuestion,
  writeAnswer,
  writeQuestion,
} from '../link/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Json } from '../values/json.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'
import type { CallHandler, LinkCall, LinkCaller } from './call-desk.ts'
import type { Engine } from './engine.ts'
import { type Claim, type Healed, Healer, type Outcome } from './healing.ts'
import { scanHome } from './scan.ts'

export interface Comparison {
  readonly documents: number
  readonly differing: number
  /** Documents whose copies hold the same items with other content. */
  readonly forked: readonly string[]
  /** Documents that an earlier comparison found in the same difference. */
  readonly unhealed: readonly string[]
}

const CALL_TIMEOUT_MS = 60_000
const CLAIMS_AT_ONCE = 32
/** A hub's inventory is good for the questions of one search. */
const INVENTORY_MS = 60_000

const claim = z.strictObject({
  document: z.string().max(80),
  print: z.string().max(64).exactOptional(),
  vector: z
    .string()
    .regex(/^([0-9a-f]{2})*$/)
    .max(65_536)
    .exactOptional(),
})
const OUTCOMES = ['same', 'pushed', 'awaited', 'forked', 'gone'] as const satisfies readonly Outcome[]
const claims = z.array(claim).max(CLAIMS_AT_ONCE)
const told = z.array(z.strictObject({ own: claim, outcome: z.enum(OUTCOMES) })).max(CLAIMS_AT_ONCE)

interface Kept {
  readonly inventory: Inventory
  readonly until: number
}

export class AntiEntropy {
  readonly #store: Store
  readonly #clock: Clock
  readonly #healer: Healer
  /** What this end holds, for the peer that is asking; by peer and home. */
  readonly #kept = new Map<string, Kept>()
  /** By home, the differences of the last comparison that were to be healed by it. */
  readonly #last = new Map<string, ReadonlySet<string>>()

  /** By home, documents found to be forked in this process. */
  readonly #forked = new Map<string, Set<string>>()

  constructor(engine: Pick<Engine, 'submit'>, store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#healer = new Healer(engine, store)
  }

  /** What this end answers. */
  get handlers(): ReadonlyMap<string, CallHandler> {
    return new Map<string, CallHandler>([
      ['digest', (call) => this.#answer(call)],
      ['claims', (call) => this.#hearClaims(call)],
    ])
  }

  /** Whether this end asked or answered. */
  forked(home: string): readonly string[] {
    return [...(this.#forked.get(home) ?? [])]
  }

  async compare(home: string, caller: LinkCaller): Promise<Result<Comparison, Refusal>> {
    const inventory = await this.#inventory(home)
    let search = beginSearch(inventory)
    for (let question = questionOf(search); question.length > 0; question = questionOf(search)) {
      const answered = await caller.call(home, 'digest', writeQuestion(question), CALL_TIMEOUT_MS)
      if (!answered.ok) return answered
      const heard = hearAnswer(search, readAnswer(answered.value) ?? [])
      if (!heard.ok) return heard
      search = heard.value
    }
    return this.#healAll(home, inventory.size, search.differences, caller)
  }

  async #healAll(
    home: string,
    documents: number,
    differences: readonly Difference[],
    caller: LinkCaller,
  ): Promise<Result<Comparison, Refusal>> {
    const before = this.#last.get(home)
    const unhealed = differences.filter((each) => before?.has(textOf(each))).map(({ document }) => document)
    const fresh = differences.filter((each) => !before?.has(textOf(each)))
    const outcomes = new Map<string, readonly Outcome[]>()
    for (let at = 0; at < fresh.length; at += CLAIMS_AT_ONCE) {
      const healed = await this.#exchange(home, fresh.slice(at, at + CLAIMS_AT_ONCE), caller)
      if (!healed.ok) return healed
      for (const [document, both] of healed.value) outcomes.set(document, both)
    }
    const isOpen = ({ document }: Difference): boolean =>
      !outcomes.get(document)?.some((outcome) => outcome === 'gone' || outcome === 'same')
    this.#last.set(home, new Set(differences.filter(isOpen).map(textOf)))
    const forked = [...outcomes].filter(([, both]) => both.includes('forked')).map(([document]) => document)
    const differing = fresh.filter(isOpen).length
    return ok({ documents, differing, forked, unhealed })
  }

  /** What each end did about each of these documents. */
  async #exchange(
    home: string,
    differences: readonly Difference[],
    caller: LinkCaller,
  ): Promise<Result<ReadonlyMap<string, readonly Outcome[]>, Refusal>> {
    const own: Claim[] = []
    for (const { document } of differences) own.push(await this.#healer.claimOf(document))
    const answered = await caller.call(home, 'claims', own.map(jsonOf), CALL_TIMEOUT_MS)
    if (!answered.ok) return answered
    const theirs = told.safeParse(answered.value)
    if (!theirs.success) return err(badClaims)
    const outcomes = new Map<string, readonly Outcome[]>()
    for (const each of theirs.data) {
      const outcome = each.outcome === 'gone' ? each.outcome : (await this.#heal(home, each.own)).outcome
      outcomes.set(each.own.document, [outcome, each.outcome])
    }
    return ok(outcomes)
  }

  async #heal(home: string, theirs: Claim): Promise<Healed> {
    const healed = await this.#healer.heal(home, theirs)
    const forked = this.#forked.get(home) ?? new Set()
    if (healed.outcome === 'forked') forked.add(theirs.document)
    else forked.delete(theirs.document)
    this.#forked.set(home, forked)
    return healed
  }

  async #answer({ peer, home, body }: LinkCall): Promise<Result<Json, Refusal>> {
    const question = readQuestion(body)
    if (question === undefined) return err(badClaims)
    const key = `${peer}/${home}`
    const kept = this.#kept.get(key)
    const { monotonic } = this.#clock.now()
    const begins = question[0]?.from === '' && question[0].to === ''
    const inventory = begins || kept === undefined || kept.until < monotonic ? await this.#inventory(home) : kept.inventory
    this.#kept.set(key, { inventory, until: monotonic + INVENTORY_MS })
    return ok(writeAnswer(answerTo(inventory, question)))
  }

  async #hearClaims({ home, body }: LinkCall): Promise<Result<Json, Refusal>> {
    const theirs = claims.safeParse(body)
    if (!theirs.success) return err(badClaims)
    const all: Json[] = []
    for (const each of theirs.data) {
      const { own, outcome } = await this.#heal(home, each)
      all.push({ own: jsonOf(own), outcome })
    }
    return ok(all)
  }

  async #inventory(home: string): Promise<Inventory> {
    const pause = (): Promise<void> => new Promise((resolve) => this.#clock.after(0, resolve))
    return new Inventory(await scanHome(this.#store, home, pause))
  }
}

const textOf = ({ document, ours = '', theirs = '' }: Difference): string => `${document} ${ours} ${theirs}`

const jsonOf = ({ document, print, vector }: Claim): Json => ({
  document,
  ...(print === undefined ? {} : { print }),
  ...(vector === undefined ? {} : { vector }),
})

const badClaims = refusal('fix-request', 'bad-digest', 'What was said is no question or claim about documents.')
