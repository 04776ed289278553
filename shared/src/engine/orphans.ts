/**
 * Tasks that agents had in hand when their workflow ended: once that is durable the agents are told at once, and not only when they name
 * the tasks again. Whoever has just reported the end of one knows already.
 *
 *   heard an end ──▶ reported        the turn that ends the workflow ──▶ orphaned ──commit──▶ told to stop
 *                                                                            ╰──the commit failed──▶ as if nothing had been
 */
import type { WantedTask } from '../workflow/want.ts'

export class Orphans {
  readonly #reported = new Set<string>()
  readonly #byWorkflow = new Map<string, readonly WantedTask[]>()

  /** The agent has said how it ended; that is not durable yet. */
  reported(task: string): void {
    this.#reported.add(task)
  }

  answered(task: string): void {
    this.#reported.delete(task)
  }

  isReported(task: string): boolean {
    return this.#reported.has(task)
  }

  /** The workflow ends in this turn, and these were in hand. */
  orphaned(workflow: string, inHand: readonly WantedTask[]): void {
    const unaware = inHand.filter(({ task, stop }) => stop === undefined && !this.#reported.has(task))
    if (unaware.length > 0) this.#byWorkflow.set(workflow, unaware)
  }

  /** Of a workflow whose end is durable; each is given once. */
  take(workflow: string): readonly WantedTask[] {
    const orphans = this.#byWorkflow.get(workflow) ?? []
    this.#byWorkflow.delete(workflow)
    return orphans
  }
}
