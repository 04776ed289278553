/**
 * What the consistency policies say within one turn: which decisions are refused, and what may begin. Each that passes counts for the
 * others of the same turn, so a bound is kept to the last one. Facts never come here (C1).
 *
 *   V4  A caller's own demand governs whether its decision is taken now and when it is answered; what follows from the decision is
 *       governed by the workflow's policy all the same.
 *   V5  A change of policy is decided as under `strong`: it holds from a place on that the hub has acknowledged.
 */
import { type Line, mayDecide } from '../consistency/index.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Decision, Fact } from '../workflow/command.ts'
import { DECISION_TABLE } from '../workflow/lifecycle.ts'
import type { Input, WillInput } from './inputs.ts'
import type { Release } from './release.ts'
import type { Unit } from './unit.ts'

/** Why something may not begin for now. `silent`: this node may be no authority any more, and writes nothing of it. */
export type Hindrance = { readonly silent: true } | { readonly silent: false; readonly shortage: string }

export const isDecision = (command: Decision | Fact): command is Decision => command.type in DECISION_TABLE.absent

const STRONG: Consistency = { level: 'strong' }

export class ConsistencyTurn {
  /** Under which policy what was decided, or refused by its rules, is answered. */
  readonly answers = new Map<Input, { readonly policy: Consistency }>()
  /** Workflows about which something was decided, once for each decision. */
  readonly decided: Unit[] = []
  readonly changed = new Set<Unit>()
  readonly #release: Release
  readonly #count = new Map<string, number>()

  constructor(release: Release) {
    this.#release = release
  }

  /** @param ofDefinition the policy of one that is only to be created */
  refuse(input: WillInput, unit: Unit | undefined, ofDefinition: Consistency): Refusal | undefined {
    const { command, home, consistency } = input
    if (!isDecision(command)) return undefined
    const own = unit?.state === undefined ? ofDefinition : this.#release.inForce(unit)
    const policy = command.type === 'set-consistency' ? STRONG : (consistency ?? own)
    const refused = this.#mayDecide(home, unit, policy)
    if (refused === undefined) this.answers.set(input, { policy })
    else this.#release.refusals[policy.level] += 1
    return refused
  }

  /** Why what others propose about this workflow can't be decided now. */
  refuseProposals(unit: Unit, ofDefinition: Consistency): Refusal | undefined {
    const refused = this.#mayDecide(unit.home, unit, unit.state === undefined ? ofDefinition : this.#release.inForce(unit))
    if (refused !== undefined) this.#release.lookAgain(unit.id)
    return refused
  }

  /** It was decided; it counts from now on. */
  take(command: Decision | Fact, unit: Unit): void {
    if (!isDecision(command)) return
    this.decided.push(unit)
    if (command.type === 'set-consistency') this.changed.add(unit)
    this.count(unit.id)
  }

  count(workflow: string): void {
    this.#count.set(workflow, (this.#count.get(workflow) ?? 0) + 1)
  }

  /** Why nothing may begin or be offered in this workflow at this moment, if so. */
  hindrance(unit: Unit): Hindrance | undefined {
    const footing = this.#footing(unit.home, unit, this.#release.inForce(unit))
    if (!footing.standing.mayDecide) {
      this.#release.lookAgain(unit.id)
      return { silent: true }
    }
    return mayDecide(footing) === undefined ? undefined : { silent: false, shortage: shortageOf(footing.line) }
  }

  #mayDecide(home: string, unit: Unit | undefined, policy: Consistency): Refusal | undefined {
    return mayDecide(this.#footing(home, unit, policy))
  }

  #footing(home: string, unit: Unit | undefined, policy: Consistency) {
    const footing = this.#release.footing(home, unit, policy)
    const { released } = footing
    return { ...footing, released: { ...released, count: released.count + (this.#count.get(unit?.id ?? '') ?? 0) } }
  }
}

const shortageOf = ({ state }: Line): string =>
  state === 'cut' ? 'the line to it is cut' : 'it has yet to acknowledge what was decided before'
