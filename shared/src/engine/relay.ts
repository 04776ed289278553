/**
 * Carries the news that a step has settled to the workflows that wait for it, at this facility or another (DEF-3, API-7).
 *
 *   a workflow begins to wait ──▶ is its step settled already?       a workflow changes ──▶ does somebody wait for one of its steps?
 *                                                 └──────── yes: the fact is put to the one that waits ────────┘
 *
 * A home's authority serves what waits and settles within the home; a node that only holds copies serves what crosses homes, by a
 * proposal in a journal named after the source's step and the one wait it answers: so it is made once, whatever restarts in between
 * (DESIGN §7), and a wait that begins later, be it of the same step, is answered for itself.
 */
import type { Json } from '../values/json.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { isSettled, isTerminal } from '../workflow/status.ts'
import type { WantedWait } from '../workflow/want.ts'
import type { Engine } from './engine.ts'
import type { Summary } from './summary.ts'

interface Waiting {
  readonly workflow: string
  readonly home: string
  readonly wait: WantedWait
}

interface Settled {
  readonly succeeded: boolean
  readonly output: Json
}

export class DependencyRelay {
  readonly #engine: Engine
  /** Source workflow → those who wait for one of its steps, by ⟨workflow, step⟩ that waits. */
  readonly #waiting = new Map<string, Map<string, Waiting>>()
  readonly #bySummary = new Map<string, readonly WantedWait[]>()
  readonly #stop: () => void

  constructor(engine: Engine) {
    this.#engine = engine
    for (const summary of engine.register.waiting()) this.#note(summary)
    this.#stop = engine.onCommitted(({ summaries }) => {
      for (const summary of summaries) this.#note(summary)
    })
  }

  close(): void {
    this.#stop()
  }

  #note(summary: Summary): void {
    const before = this.#bySummary.get(summary.id) ?? []
    for (const wait of before) this.#waiting.get(wait.workflow)?.delete(waiterOf(summary.id, wait))
    if (summary.waits.length > 0) this.#bySummary.set(summary.id, summary.waits)
    else this.#bySummary.delete(summary.id)
    for (const wait of summary.waits) {
      const waiting = { workflow: summary.id, home: summary.facility, wait }
      if (!this.#serves(waiting)) continue
      this.#waiting.set(wait.workflow, (this.#waiting.get(wait.workflow) ?? new Map()).set(waiterOf(summary.id, wait), waiting))
      void this.#check(waiting)
    }
    for (const waiting of this.#waiting.get(summary.id)?.values() ?? []) void this.#check(waiting)
  }

  #serves({ home, wait }: Waiting): boolean {
    return this.#engine.authority.isAuthority(home) ? wait.home === home : wait.home !== home
  }

  async #check({ workflow, home, wait }: Waiting): Promise<void> {
    const unit = await this.#engine.read(wait.workflow)
    if (!unit.ok && unit.error.next === 'retry-later') return this.#engine.later(() => void this.#check({ workflow, home, wait }))
    const state = unit.ok ? unit.value?.state : undefined
    const settled = state === undefined ? undefined : this.#outcome(state, wait, home)
    if (settled === undefined) return
    const step = wait.step === undefined ? {} : { step: wait.step }
    const command = { type: 'step-settled-elsewhere', workflow: wait.workflow, ...step, ...settled } as const
    const journal = `relay.${wait.workflow}.${wait.step ?? ''}.${wait.ref}.${wait.position}`
    await this.#engine.insist({ kind: 'will', workflow, home, command, by: `workflow ${wait.workflow}`, reason: 'dependency', journal })
  }

  /**
   * Without its definition this node can't tell one step from another, so it says nothing. Past the home goes the fact alone, unless the
   * definition shares the step's output: any workflow can name any other, and what came of it is its own facility's matter.
   */
  #outcome(state: WorkflowState, wait: WantedWait, home: string): Settled | undefined {
    if (wait.step === undefined) return isTerminal(state.status) ? endOf(state, home === wait.home) : undefined
    const known = this.#engine.catalogue.byHash(state.definition)
    if (known === undefined) return undefined
    const ref = known.numberOf.get(wait.step)
    const step = ref === undefined ? undefined : state.steps[ref]
    if (step?.status === 'succeeded') {
      const readable = home === wait.home || known.definition.shares?.includes(wait.step) === true
      return { succeeded: true, output: readable ? (step.output ?? null) : null }
    }
    const never = isTerminal(state.status) || (step !== undefined && isSettled(step.status))
    return never ? { succeeded: false, output: null } : undefined
  }
}

const endOf = ({ status, output = null }: WorkflowState, readable: boolean): Settled => {
  const succeeded = status === 'completed'
  return { succeeded, output: succeeded && readable ? output : null }
}

const waiterOf = (workflow: string, { ref }: WantedWait): string => `${workflow}.${ref}`
