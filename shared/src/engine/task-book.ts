/**
 * Which tasks are wanted, of whom, and how long their leases run.
 *
 *   T2  A lease runs from the offer, and again from acceptance and from each heartbeat that names the task (monotonic time). After a
 *       restart every open task gets a whole lease to be heard of.
 */
import type { Clock } from '../ports/clock.ts'
import { parseTaskId } from '../workflow/attempt.ts'
import type { WantedTask } from '../workflow/want.ts'
import { Alarms } from './alarms.ts'

export class TaskBook {
  readonly #clock: Clock
  readonly #onDropped: (task: WantedTask) => void
  readonly #byWorkflow = new Map<string, ReadonlyMap<string, WantedTask>>()
  readonly #byAgent = new Map<string, Set<string>>()
  readonly #leases = new Alarms()

  constructor(clock: Clock, onDropped: (task: WantedTask) => void) {
    this.#clock = clock
    this.#onDropped = onDropped
  }

  /** What a workflow wants now, instead of what it wanted before. */
  set(workflow: string, tasks: readonly WantedTask[]): void {
    const before = this.#byWorkflow.get(workflow)
    const after = new Map(tasks.map((task) => [task.task, task]))
    for (const [id, task] of before ?? []) if (!after.has(id)) this.#drop(task)
    for (const [id, task] of after) if (!before?.has(id)) this.#hold(task)
    if (after.size > 0) this.#byWorkflow.set(workflow, after)
    else this.#byWorkflow.delete(workflow)
  }

  #hold(task: WantedTask): void {
    const held = this.#byAgent.get(task.agent) ?? new Set()
    this.#byAgent.set(task.agent, held.add(task.task))
    this.renew(task)
  }

  #drop(task: WantedTask): void {
    this.#byAgent.get(task.agent)?.delete(task.task)
    this.#leases.set(task.task, undefined)
    this.#onDropped(task)
  }

  *all(): Generator<WantedTask> {
    for (const tasks of this.#byWorkflow.values()) yield* tasks.values()
  }

  find(task: string): WantedTask | undefined {
    const workflow = parseTaskId(task)?.workflow
    return workflow === undefined ? undefined : this.#byWorkflow.get(workflow)?.get(task)
  }

  get size(): number {
    let size = 0
    for (const tasks of this.#byAgent.values()) size += tasks.size
    return size
  }

  ofWorkflow(workflow: string): Iterable<WantedTask> {
    return this.#byWorkflow.get(workflow)?.values() ?? []
  }

  ofAgent(agent: string): ReadonlySet<string> {
    return this.#byAgent.get(agent) ?? new Set()
  }

  renew(task: WantedTask): void {
    this.#leases.set(task.task, this.#clock.now().monotonic + task.leaseMs)
  }

  /** Monotonic moment at which the next lease ends. */
  nextLeaseEnd(): number | undefined {
    return this.#leases.next()
  }

  /** Takes out the tasks whose leases have ended. */
  endedLeases(): readonly string[] {
    return this.#leases.due(this.#clock.now().monotonic)
  }
}
