/**
 * Looks over the shoulders of several homes (CON-1): whoever holds copies of their workflows sees what two of them claim at once, and writes
 * it to the logs of both as proposals, each once, whatever restarts in between. What a person then chooses in one of the logs is told to the
 * others.
 *
 *   a log grew ──▶ what does it claim now? ──▶ another home claims the same ──▶ the rules ──▶ a proposal for each party
 *
 * On a node that is authority of the homes itself it does nothing: there the ledger is the one place where claims meet.
 */
import { type Claimant, type Claimed, claimName, claimsOf, judgeAcross, partiesOf, type Telling } from '../conflict/across.ts'
import type { RuleShelf } from '../conflict/rules/shelf.ts'
import { sha256Hex } from '../values/hash.ts'
import { canonicalJson } from '../values/json.ts'
import { conflictIdOf } from '../workflow/note-conflict.ts'
import type { Conflict, WorkflowState } from '../workflow/state.ts'
import type { News } from './committed.ts'
import type { Engine } from './engine.ts'

/** In whose name it is said. */
const BY = 'coordinator'

export class ClaimsAcross {
  readonly #engine: Engine
  readonly #rules: RuleShelf
  readonly #byWorkflow = new Map<string, readonly Claimed[]>()
  /** Name of a claim → who claims it. */
  readonly #claimants = new Map<string, Map<string, Claimed>>()
  readonly #told = new Set<string>()
  readonly #stops: readonly (() => void)[]

  constructor(engine: Engine, rules: RuleShelf) {
    this.#engine = engine
    this.#rules = rules
    const stopHearing = engine.onCommitted(({ news }) => {
      for (const each of news) this.#heard(each)
    })
    // What did not matter may matter by a new rule.
    const stopAsking = rules.onChange(() => this.#askAgain())
    this.#stops = [stopHearing, stopAsking]
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }

  /** What stood before this life began. */
  async catchUp(): Promise<void> {
    for await (const { id, facility } of this.#engine.register.atWork()) {
      const unit = this.#byWorkflow.has(id) ? undefined : await this.#engine.read(id)
      if (unit?.ok === true && unit.value?.state !== undefined) this.#look(id, facility, unit.value.state)
    }
  }

  #askAgain(): void {
    for (const name of this.#claimants.keys()) this.#meet(name)
  }

  #heard({ id, facility, state, entries }: News): void {
    this.#look(id, facility, state)
    for (const { event } of entries) {
      const settled = event.type === 'conflict-settled' ? state.conflicts.find((conflict) => conflict.id === event.conflict) : undefined
      if (settled !== undefined) this.#pass(id, settled)
    }
  }

  #look(workflow: string, home: string, state: WorkflowState): void {
    if (this.#engine.authority.isAuthority(home)) return
    for (const { claim } of this.#byWorkflow.get(workflow) ?? []) this.#drop(claimName(claim), workflow)
    const claims = claimsOf(workflow, state, this.#engine.catalogue.byHash(state.definition))
    if (claims.length === 0) this.#byWorkflow.delete(workflow)
    else this.#byWorkflow.set(workflow, claims)
    for (const claimed of claims) {
      const name = claimName(claimed.claim)
      this.#claimants.set(name, (this.#claimants.get(name) ?? new Map<string, Claimed>()).set(workflow, claimed))
      this.#meet(name)
    }
  }

  #drop(name: string, workflow: string): void {
    const claimants = this.#claimants.get(name)
    claimants?.delete(workflow)
    if (claimants?.size === 0) this.#claimants.delete(name)
  }

  #meet(name: string): void {
    const claimed = [...(this.#claimants.get(name)?.values() ?? [])]
    const claim = claimed[0]?.claim
    if (claim === undefined || claimed.length < 2 || !this.#rules.has('facilities')) return
    const claimants: readonly Claimant[] = claimed.map(({ by }) => by)
    for (const telling of judgeAcross(this.#rules, claim, claimants)) this.#tell(telling)
  }

  #tell({ workflow, home, clash, about }: Telling): void {
    const id = conflictIdOf(workflow, clash.rule, about)
    if (this.#told.has(id)) return
    this.#told.add(id)
    const command = { type: 'collision', clash, about } as const
    void this.#engine.insist({ kind: 'will', workflow, home, command, by: BY, reason: clash.rule, journal: `across.${id}` })
  }

  /** A person has chosen in one log what holds for all. */
  #pass(workflow: string, { rule, inputs, settled, role }: Conflict): void {
    const across = partiesOf(inputs)
    if (across === undefined || settled === undefined) return
    const { option, comment, by } = settled
    for (const other of across.parties) {
      const { workflow: party, home } = other
      if (party === workflow) continue
      const conflict = conflictIdOf(party, rule, across.about)
      const command = { type: 'resolve', conflict, option, comment, roles: role === undefined ? [] : [role] } as const
      const journal = `across.${sha256Hex(canonicalJson([conflict, option])).slice(0, 16)}`
      void this.#engine.insist({
        kind: 'will',
        workflow: party,
        home,
        command,
        by,
        reason: comment === '' ? 'settled elsewhere' : comment,
        journal,
      })
    }
  }
}
