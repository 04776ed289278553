/**
 * What stands between a commit and the world: of every workflow under a policy other than eventual, which decisions and effects the hub has
 * acknowledged, which were let out without that, and which are held back (consistency/gate.ts says which may be).
 *
 *   commit ──place in the home's feed──▶ held ──gate──▶ answers · offers · stops · calls · workflows started
 *                                          ▲
 *        the hub acknowledged further, the line came back, standing was regained: looked at again
 *
 *   V1  Nothing is shown that the gate holds back. What was shown stays shown.
 *   V2  How much an earlier life of this node had released of a workflow is not known. Where the hub may lack any of it, there is no room
 *       within a bound until it has it.
 *   V3  Whatever is held is looked at again when what it waits for may have come.
 *   V7  Of a document that the hub refused an update of, nothing is shown under `strong` any more in this life.
 *
 * Doesn't know what effects do, nor how the hub is reached: the uplink tells it how far the hub is.
 */
import { type Authorities, type Footing, type Line, maySee, type Released, stricter } from '../consistency/index.ts'
import type { Consistency, ConsistencyLevel } from '../definition/schema-consistency.ts'
import type { Clock } from '../ports/clock.ts'
import type { Wanted } from '../workflow/want.ts'
import { effectsOf, ReleaseLedger } from './release-ledger.ts'
import type { Unit } from './unit.ts'

export interface ReleaseParts {
  readonly clock: Clock
  readonly authority: Authorities
  /** Whether this node has a hub; without one it is its own. */
  readonly hasHub: boolean
  readonly policyOf: (unit: Unit) => Consistency
  /** What is held of this workflow may be shown by now. */
  readonly again: (workflow: string) => void
  /** Offers and beginnings that waited for the hub may be made by now. */
  readonly assign: () => void
}

const NOTHING: Released = { count: 0 }

/** Standing comes back without a word. */
const LOOK_AGAIN_MS = 1_000

export class Release {
  readonly #parts: ReleaseParts
  readonly #ledgers = new Map<string, ReleaseLedger>()
  /** By home: the end of its feed, where it ended when this life began, and how far the hub has it. */
  readonly #ends = new Map<string, number>()
  readonly #inherited = new Map<string, number>()
  readonly #acknowledged = new Map<string, number>()
  /** By home: of which documents the hub may lack what an earlier life wrote; where it is not known, of all. */
  readonly #pending = new Map<string, ReadonlySet<string>>()
  /** Those held because this node may not decide at present. */
  readonly #fallen = new Set<string>()
  /** Of these the hub did not take everything: what it has acknowledged since says nothing of them. */
  readonly #refused = new Set<string>()
  /** How many decisions were refused in this life, by the policy that refused them. */
  readonly refusals: Record<ConsistencyLevel, number> = { eventual: 0, bounded_staleness: 0, strong: 0 }
  #line: Line
  #cancelLook: (() => void) | undefined

  constructor(parts: ReleaseParts) {
    this.#parts = parts
    this.#line = parts.hasHub ? { state: 'cut', since: parts.clock.now().monotonic } : { state: 'own' }
  }

  close(): void {
    this.#cancelLook?.()
  }

  // ── what the store and the hub say ──

  /** A life begins on a feed of this length. */
  begin(home: string, end: number): void {
    this.#ends.set(home, end)
    this.#inherited.set(home, end)
  }

  /** Of what earlier lives wrote, the hub may lack something of these documents, and of no others. */
  inherit(home: string, pending: ReadonlySet<string>): void {
    this.#pending.set(home, pending)
    for (const [workflow, ledger] of this.#ledgers) if (ledger.home === home && !pending.has(workflow)) ledger.inheritNothing()
  }

  grew(home: string, end: number): void {
    this.#ends.set(home, end)
  }

  endOf(home: string): number {
    return this.#ends.get(home) ?? 0
  }

  acknowledgedOf(home: string): number {
    return this.#line.state === 'own' ? this.endOf(home) : (this.#acknowledged.get(home) ?? 0)
  }

  get line(): Line {
    return this.#line
  }

  set line(line: Line) {
    this.#line = line.state === 'cut' && this.#line.state === 'cut' ? { ...line, since: this.#line.since } : line
    if (line.state !== 'cut') this.#parts.assign()
  }

  /** The hub durably holds the home's feed up to here. */
  acknowledged(home: string, sequence: number): void {
    if (sequence <= this.acknowledgedOf(home)) return
    this.#acknowledged.set(home, sequence)
    let waited = false
    for (const [workflow, ledger] of this.#ledgers) {
      if (ledger.home !== home) continue
      waited = true
      ledger.settle(sequence)
      if (ledger.held !== undefined) this.#parts.again(workflow)
      else if (ledger.isIdle(sequence)) this.#ledgers.delete(workflow)
    }
    if (waited) this.#parts.assign()
  }

  /** The hub refused an update of this document, whoever may be its authority by now. */
  refused(document: string): void {
    this.#refused.add(document)
  }

  // ── what turns ask ──

  /** The ground on which something is decided about this workflow; one that is not there yet has released nothing. */
  footing(home: string, unit: Unit | undefined, policy: Consistency): Footing {
    const { clock, authority } = this.#parts
    const now = clock.now()
    const counts = unit !== undefined && policy.level === 'bounded_staleness'
    const released = counts ? this.#ledgerOf(unit).released(this.acknowledgedOf(home)) : NOTHING
    return { policy, standing: authority.standing(home, now), released, line: this.#line, now: now.monotonic }
  }

  /** The workflow's policy; while the hub has not acknowledged a change of it, the stricter of the two. */
  inForce(unit: Unit): Consistency {
    const policy = this.#parts.policyOf(unit)
    const before = unit.state?.consistency?.before
    if (before === undefined) return policy
    const changedAt = this.#ledgers.get(unit.id)?.changedAt ?? this.#inheritedOf(unit.home)
    return changedAt <= this.acknowledgedOf(unit.home) ? policy : stricter(before, policy)
  }

  /** Whether anything of this workflow is ever held back or counted. */
  concerns(unit: Unit): boolean {
    return this.#ledgers.has(unit.id) || this.inForce(unit).level !== 'eventual'
  }

  // ── what a commit brings ──

  /** Nothing of it was released before this commit. */
  born({ id, home }: Unit): void {
    this.#ledgers.set(id, new ReleaseLedger(home, 0))
  }

  /** A decision is about to be answered. */
  decided(unit: Unit): void {
    if (this.#line.state !== 'own') this.#ledgerOf(unit).decided(this.endOf(unit.home), this.#parts.clock.now().monotonic)
  }

  changed(unit: Unit): void {
    this.#ledgerOf(unit).changedAt = this.endOf(unit.home)
  }

  want(unit: Unit, wanted: Wanted): void {
    if (this.concerns(unit)) this.#ledgerOf(unit).want(effectsOf(wanted), this.endOf(unit.home), this.#parts.clock.now().monotonic)
  }

  /** Nothing is wanted of it any more. */
  forget(workflow: string): void {
    const ledger = this.#ledgers.get(workflow)
    this.#fallen.delete(workflow)
    if (ledger === undefined) return
    ledger.want([], 0, 0)
    if (ledger.isIdle(this.acknowledgedOf(ledger.home))) this.#ledgers.delete(workflow)
  }

  // ── what the world may see ──

  /** May the world see this effect by now? One that may counts as shown from then on. */
  show(unit: Unit, effect: string): boolean {
    const ledger = this.#ledgers.get(unit.id)
    const known = ledger?.find(effect)
    const footing = this.footing(unit.home, unit, this.inForce(unit))
    if (!footing.standing.mayDecide) this.lookAgain(unit.id)
    else if (known?.shownAt !== undefined) return true
    const place = known?.place ?? this.endOf(unit.home)
    const acknowledged = place <= this.acknowledgedOf(unit.home) && !this.#refused.has(unit.id)
    if (maySee(footing, acknowledged) === 'held') return false
    ledger?.show(effect, footing.now)
    return true
  }

  /** How many effects are held back, of all workflows. */
  get held(): number {
    return [...this.#ledgers.values()].reduce((sum, { held }) => sum + (held?.effects ?? 0), 0)
  }

  /** How much of this workflow is held back, and since when (wall clock). */
  heldOf(workflow: string): { readonly effects: number; readonly since: number } | undefined {
    const held = this.#ledgers.get(workflow)?.held
    const { wall, monotonic } = this.#parts.clock.now()
    return held && { effects: held.effects, since: Math.round(wall - (monotonic - held.since)) }
  }

  isHeld(workflow: string, effect: string): boolean {
    const known = this.#ledgers.get(workflow)?.find(effect)
    return known !== undefined && known.shownAt === undefined
  }

  #inheritedOf(home: string): number {
    return this.#inherited.get(home) ?? 0
  }

  #ledgerOf({ id, home }: Unit): ReleaseLedger {
    const inherited = this.#pending.get(home)?.has(id) === false ? 0 : this.#inheritedOf(home)
    const ledger = this.#ledgers.get(id) ?? new ReleaseLedger(home, inherited)
    this.#ledgers.set(id, ledger)
    return ledger
  }

  /** When standing may have come back. */
  lookAgain(workflow: string): void {
    this.#fallen.add(workflow)
    this.#cancelLook ??= this.#parts.clock.after(LOOK_AGAIN_MS, () => {
      this.#cancelLook = undefined
      const fallen = [...this.#fallen]
      this.#fallen.clear()
      for (const each of fallen) this.#parts.again(each)
      this.#parts.assign()
    })
  }
}
