/**
 * Agents and the tasks they should have: the gate (agent-protocol/gate.ts) seen from the engine.
 *
 *   wanted offers ──assign──▶ `offer` acts in the turn ──commit──▶ messages to agents
 *   agents' reports ────────▶ facts for the next turn ──commit──▶ `recorded`
 *
 * Everything here is memory: presence, leases (monotonic), what each connection was told. After a restart it is rebuilt from what is
 * wanted and from what agents say they hold.
 *
 *   T1  An agent is offered no more than its capacity; a task has at most one agent.
 *   T3  A report on a task that is another agent's changes nothing.
 *   T4  Who has a task in hand when its workflow ends is told so at once (orphans.ts).
 */
import type { AgentGate, AgentProfile, AgentReport, DownMessage } from '../agent-protocol/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { parseTaskId } from '../workflow/attempt.ts'
import type { AttemptName, Fact } from '../workflow/command.ts'
import type { Wanted, WantedOffer, WantedTask } from '../workflow/want.ts'
import { Crew } from './crew.ts'
import { offerMessage } from './offer-message.ts'
import { Orphans } from './orphans.ts'
import { stopEffect } from './release-ledger.ts'
import { factOf } from './report-fact.ts'
import { TaskBook } from './task-book.ts'

const PROTOCOL = 1
const WORKFLOW_ENDED = 'its workflow has ended'

export interface AgentView {
  readonly id: string
  readonly kind: AgentProfile['kind']
  readonly capabilities: readonly string[]
  readonly capacity: number
  readonly position?: AgentProfile['position']
  readonly connected: boolean
  readonly lastHeardAt: number
  readonly tasks: readonly string[]
}

export interface DispatchParts {
  readonly clock: Clock
  readonly node: string
  readonly epoch: () => number
  readonly heartbeatMs: number
  /** Whether the agent may be told of this offer or stop by now; and whether it is held back, so that its lease does not run yet. */
  readonly maySee: (workflow: string, effect: string) => boolean
  readonly isHeld: (workflow: string, effect: string) => boolean
  /** Puts a fact into a coming turn. */
  readonly report: (workflow: string, fact: Fact, by: string) => Promise<Result<unknown, Refusal>>
  /** Asks for a turn in which waiting offers are assigned. */
  readonly wake: () => void
  readonly onPresence: (agent: AgentView) => void
}

interface Present {
  profile: AgentProfile
  readonly capabilities: ReadonlySet<string>
  send: ((message: DownMessage) => void) | undefined
  readonly told: Map<string, 'offer' | 'stop'>
  idleSince: number
  lastHeardAt: number
}

export class Dispatch implements AgentGate {
  readonly #parts: DispatchParts
  readonly #agents = new Map<string, Present>()
  readonly #offers = new Map<string, readonly WantedOffer[]>()
  readonly #tasks: TaskBook
  /** Workflows of which a turn has drawn wants that no commit holds yet: whoever comes meanwhile is not told of them (E3). */
  readonly #uncommitted = new Set<string>()
  /** Tasks whose decline waits for its commit: offered once more meanwhile, they might be taken, and what was done would be nobody's. */
  readonly #declining = new Set<string>()
  readonly #orphans = new Orphans()

  constructor(parts: DispatchParts) {
    this.#parts = parts
    this.#tasks = new TaskBook(parts.clock, (task) => this.#noteDropped(task))
  }

  // ── what the engine says ──

  /** @param hasEnded the workflow is over, in this turn or for long */
  setWanted(workflow: string, wanted: Wanted | undefined, hasEnded = false): void {
    if (wanted === undefined) this.#uncommitted.delete(workflow)
    else this.#uncommitted.add(workflow)
    if (hasEnded) this.#orphans.orphaned(workflow, this.#inHand(workflow))
    else this.#orphans.take(workflow)
    this.#tasks.set(workflow, wanted?.tasks ?? [])
    if (wanted !== undefined && wanted.offers.length > 0) this.#offers.set(workflow, wanted.offers)
    else this.#offers.delete(workflow)
  }

  /** What agents who are here were told of or have accepted. */
  #inHand(workflow: string): readonly WantedTask[] {
    return [...this.#tasks.ofWorkflow(workflow)].filter(
      ({ task, agent, accepted }) => this.isConnected(agent) && (accepted || this.#agents.get(agent)?.told.get(task) === 'offer'),
    )
  }

  #noteDropped(task: WantedTask): void {
    this.#declining.delete(task.task)
    const agent = this.#agents.get(task.agent)
    if (agent === undefined) return
    agent.told.delete(task.task)
    agent.idleSince = this.#parts.clock.now().monotonic
  }

  *offers(): Generator<{ readonly workflow: string; readonly begin: WantedOffer }> {
    for (const [workflow, offers] of this.#offers) for (const begin of offers) yield { workflow, begin }
  }

  /** Who is here, with what each has in hand. */
  crew(): Crew {
    const here = [...this.#agents.values()].filter((agent) => agent.send !== undefined)
    return new Crew(
      here.map(({ profile: { id, kind, capacity }, capabilities, idleSince }) => {
        const load = this.#tasks.ofAgent(id).size
        return { id, kind, capacity, capabilities, load, idleSince }
      }),
    )
  }

  /** What agents have been given and nobody has taken back. */
  readonly tasks = (): Iterable<WantedTask> => this.#tasks.all()

  /** How much waits for an agent, and how much agents have in hand. */
  get queues(): { readonly offers: number; readonly tasks: number } {
    let offers = 0
    for (const waiting of this.#offers.values()) offers += waiting.length
    return { offers, tasks: this.#tasks.size }
  }

  /** After a commit: tells connected agents what they were not told yet about this workflow's tasks. */
  release(workflow: string): void {
    this.#uncommitted.delete(workflow)
    for (const task of this.#tasks.ofWorkflow(workflow)) this.#tell(task)
    for (const { agent, task } of this.#orphans.take(workflow))
      if (this.#maySee(task, stopEffect(task))) this.#agents.get(agent)?.send?.({ type: 'stop', task, reason: WORKFLOW_ENDED })
  }

  #tell(task: WantedTask): void {
    const agent = this.#agents.get(task.agent)
    if (agent?.send === undefined || this.#isUncommitted(task.task) || this.#declining.has(task.task)) return
    const told = agent.told.get(task.task)
    if (task.stop !== undefined && told !== 'stop') {
      if (!this.#maySee(task.task, stopEffect(task.task))) return
      agent.told.set(task.task, 'stop')
      agent.send({ type: 'stop', task: task.task, reason: task.stop })
    } else if (task.stop === undefined && !task.accepted && told === undefined) {
      const wasHeld = this.#isHeld(task.task)
      if (!this.#maySee(task.task, task.task)) return
      if (wasHeld) this.#tasks.renew(task)
      agent.told.set(task.task, 'offer')
      agent.send(offerMessage(task, this.#parts.epoch()))
    }
  }

  #maySee(task: string, effect: string): boolean {
    return this.#parts.maySee(parseTaskId(task)?.workflow ?? '', effect)
  }

  #isHeld(task: string): boolean {
    return this.#parts.isHeld(parseTaskId(task)?.workflow ?? '', task)
  }

  #isUncommitted(task: string): boolean {
    return this.#uncommitted.has(parseTaskId(task)?.workflow ?? '')
  }

  /** Monotonic moment at which the next lease ends. */
  nextLeaseEnd(): number | undefined {
    return this.#tasks.nextLeaseEnd()
  }

  /** Reports every attempt whose lease has ended. */
  endLeases(): void {
    for (const task of this.#tasks.endedLeases()) {
      const parsed = parseTaskId(task)
      if (parsed === undefined) continue
      const wanted = this.#tasks.find(task)
      // Its agent has not been told of it: its lease has yet to begin.
      if (wanted !== undefined && this.#isHeld(task)) this.#tasks.renew(wanted)
      else void this.#parts.report(parsed.workflow, { type: 'lease-lost', ...parsed.name }, wanted?.agent ?? '?')
    }
  }

  isConnected(agent: string): boolean {
    return this.#agents.get(agent)?.send !== undefined
  }

  agents(): readonly AgentView[] {
    return [...this.#agents.values()].map((agent) => this.#view(agent))
  }

  #view({ profile, send, lastHeardAt }: Present): AgentView {
    const { id, kind, capabilities, capacity, position } = profile
    const tasks = [...this.#tasks.ofAgent(id)]
    const place = position === undefined ? {} : { position }
    return { id, kind, capabilities, capacity, ...place, connected: send !== undefined, lastHeardAt, tasks }
  }

  // ── what agents say (AgentGate) ──

  connected(profile: AgentProfile, send: (message: DownMessage) => void): void {
    const now = this.#parts.clock.now()
    const agent: Present = {
      profile,
      capabilities: new Set(profile.capabilities),
      send,
      told: new Map(),
      idleSince: now.monotonic,
      lastHeardAt: now.wall,
    }
    this.#agents.set(profile.id, agent)
    const { node, epoch, heartbeatMs } = this.#parts
    send({ type: 'welcome', protocol: PROTOCOL, gateway: node, epoch: epoch(), heartbeatMs })
    this.#reconcile(agent)
    this.#parts.onPresence(this.#view(agent))
    this.#parts.wake()
  }

  /** What it holds and nobody wants is forgotten; what it holds is accepted; what it should have begun and has not is lost. */
  #reconcile(agent: Present): void {
    const { id, holding } = agent.profile
    for (const task of holding) {
      const wanted = this.#tasks.find(task)
      if (wanted?.agent !== id) this.#refuse(agent, task)
      else this.#tasks.renew(wanted)
    }
    for (const task of this.#tasks.ofAgent(id)) {
      const wanted = this.#tasks.find(task)
      if (wanted === undefined) continue
      if (holding.includes(task)) {
        if (!wanted.accepted) this.#report(agent, task, (name) => ({ type: 'attempt-accepted', ...name }))
      } else if (wanted.accepted) this.#report(agent, task, (name) => ({ type: 'lease-lost', ...name }))
      this.#tell(wanted)
    }
  }

  /**
   * A task it holds that is not its own any more. It may be done with it and about to say so: the answer to its result tells it to
   * forget. Only what nobody will ever ask about is forgotten at once.
   */
  #refuse(agent: Present, task: string): void {
    if (parseTaskId(task) === undefined) agent.send?.({ type: 'forget', task })
  }

  disconnected(id: string): void {
    const agent = this.#agents.get(id)
    if (agent === undefined) return
    agent.send = undefined
    agent.told.clear()
    this.#parts.onPresence(this.#view(agent))
  }

  heard(id: string, message: AgentReport): void {
    const agent = this.#agents.get(id)
    if (agent === undefined) return
    agent.lastHeardAt = this.#parts.clock.now().wall
    if (message.type === 'heartbeat') {
      for (const { task } of message.tasks) this.#heartbeat(agent, task)
      return
    }
    if (message.type === 'decline' && this.#tasks.find(message.task)?.agent === id) this.#declining.add(message.task)
    this.#report(agent, message.task, (name) => factOf(message, name))
  }

  #heartbeat(agent: Present, task: string): void {
    const wanted = this.#tasks.find(task)
    if (wanted?.agent === agent.profile.id) return this.#tasks.renew(wanted)
    if (this.#isUncommitted(task)) return
    // Nobody waits for it any more: the agent's hands are needed elsewhere.
    agent.send?.({ type: 'stop', task, reason: 'it is not wanted any more' })
  }

  #report(agent: Present, task: string, named: (name: AttemptName) => Fact): void {
    const parsed = parseTaskId(task)
    const holder = this.#tasks.find(task)
    if (parsed === undefined || (holder !== undefined && holder.agent !== agent.profile.id)) return agent.send?.({ type: 'forget', task })
    if (holder !== undefined) this.#tasks.renew(holder)
    const fact = named(parsed.name)
    if (fact.type !== 'attempt-accepted') this.#orphans.reported(task)
    void this.#parts.report(parsed.workflow, fact, agent.profile.id).then((done) => this.#answer(agent, task, fact, done))
  }

  #answer(agent: Present, task: string, fact: Fact, done: Result<unknown, Refusal>): void {
    if (fact.type !== 'attempt-accepted') this.#orphans.answered(task)
    const isResult = fact.type === 'attempt-succeeded' || fact.type === 'attempt-failed'
    if (done.ok) {
      if (isResult) agent.send?.({ type: 'recorded', task })
      // Whoever accepts or stops what has meanwhile been settled otherwise would go on holding it; who settled it hears that.
      else if (!this.#orphans.isReported(task) && this.#tasks.find(task)?.agent !== agent.profile.id) agent.send?.({ type: 'forget', task })
    } else if (done.error.code === 'not-the-authority') {
      // Whoever is the authority now will answer it; the agent keeps it until then.
      return
    } else if (done.error.next !== 'retry-later') agent.send?.({ type: 'forget', task })
  }
}
