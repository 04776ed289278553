/**
 * The people and programs that use the system: they start workflows, decide about them and look at them, through whichever node they
 * reach, also while it is cut off. A creation that was not answered is asked for again under the same key; a decision is not.
 */

import { waitingProposals } from '@holdfast/shared/document'
import type { Answer, WillInput } from '@holdfast/shared/engine'
import type { Refusal, Result } from '@holdfast/shared/values'
import type { EngineHost, Life } from './engine-host.ts'
import type { Frame } from './frame.ts'
import type { Order } from './orders.ts'
import { gatewayOf } from './setup.ts'

const PATIENCE_MS = 8_000

type Will = Pick<WillInput, 'workflow' | 'home' | 'command' | 'by'>

export class Clients {
  readonly #frame: Frame
  readonly #hosts: ReadonlyMap<string, EngineHost>
  readonly #created = new Set<string>()
  #asked = 0

  constructor(frame: Frame, hosts: ReadonlyMap<string, EngineHost>) {
    this.#frame = frame
    this.#hosts = hosts
  }

  order(order: Order): void {
    this.#frame.ledger.asked.set(order.workflow, order.home)
    for (const via of order.via) this.#create(order, via === 'cloud' ? 'cloud' : gatewayOf(order.home))
  }

  #create(order: Order, node: string): void {
    if (this.#created.has(`${order.workflow} ${node}`)) return
    const { workflow, home, key, definition, title, priority, input } = order
    const command = { type: 'create', home, key, definition, title, priority, input } as const
    this.#ask(node, { workflow, home, command, by: `client ${key} at ${node}` }, () => this.#created.add(`${workflow} ${node}`))
    this.#frame.kernel.at(PATIENCE_MS, `client ${key} asks again`, () => this.#create(order, node))
  }

  /** Once; without an answer nobody knows, and nobody asks again. */
  decide(node: string, workflow: string, home: string, command: WillInput['command']): void {
    this.#asked += 1
    this.#ask(node, { workflow, home, command, by: `operator ${this.#asked}` }, () => undefined)
  }

  #ask(node: string, will: Will, onDone: () => void): void {
    const life = this.#hosts.get(node)?.life
    if (life === undefined) return
    life.engine
      .submit({ kind: 'will', reason: 'simulated', ...will })
      .then((answered) => this.#answered(node, life, will, answered, onDone))
      .catch((error: unknown) => this.#frame.kernel.fail(error))
  }

  async #answered(node: string, life: Life, will: Will, answered: Result<Answer, Refusal>, onDone: () => void): Promise<void> {
    const { workflow, home, command, by } = will
    const outcome = answered.ok ? `${answered.value.outcome}${answered.value.replayed ? ' again' : ''}` : answered.error.code
    this.#frame.kernel.note(node, `answers ${by}, ${command.type} ${workflow.slice(0, 8)}: ${outcome}`)
    if (!answered.ok) {
      if (answered.error.code === 'guarded' || answered.error.code === 'vetoed')
        this.#frame.kernel.history.reached(`decision ${answered.error.code}`)
      if (answered.error.next !== 'retry-later') onDone()
      if (answered.error.code === 'internal-error') throw new Error(`${node}: ${answered.error.message}`)
      return
    }
    onDone()
    if (answered.value.replayed) return
    const one = { node, workflow, home, type: command.type, by }
    if (answered.value.outcome === 'decided') return this.#frame.ledger.acknowledge(one)
    const proposal = await proposalBy(life, workflow, by)
    this.#frame.ledger.acknowledge(proposal === undefined ? one : { ...one, proposal })
  }

  /** Looks at a workflow, as a screen does. */
  look(node: string, workflow: string): void {
    const life = this.#hosts.get(node)?.life
    if (life === undefined) return
    life.engine
      .read(workflow)
      .then((read) => {
        const length = read.ok ? (read.value?.state?.length ?? 0) : 0
        const { seen } = this.#frame.ledger
        const key = `${workflow}@${node}`
        seen.set(key, Math.max(seen.get(key) ?? 0, length))
      })
      .catch((error: unknown) => this.#frame.kernel.fail(error))
  }
}

const proposalBy = async (
  { engine }: Life,
  workflow: string,
  by: string,
): Promise<{ readonly journal: string; readonly n: number } | undefined> => {
  const unit = await engine.read(workflow)
  if (!unit.ok || unit.value === undefined) return undefined
  for (const one of waitingProposals(unit.value.replica)) {
    if (!one.malformed && one.proposal.by === by) return { journal: one.proposal.journal, n: one.proposal.n }
  }
  return undefined
}
