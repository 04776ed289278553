/**
 * People who decide about two workflows, one strong and one bounded, and read them at demanded levels, at whichever node they reach. A
 * decision is a checkpoint with a name of its own, so a read shows which were made, in order. All of it is recorded with the kernel's time.
 */

import type { Demand } from '@holdfast/shared/consistency'
import type { CompiledDefinition } from '@holdfast/shared/definition'
import type { Unit } from '@holdfast/shared/engine'
import type { Prng } from '@holdfast/shared/testing'
import { BOUNDED, GATEWAYS, HOME, HUB, keyOf, MAX_LAG_MS, STRONG, workflowOf } from './frame.ts'
import type { Program } from './machine.ts'
import type { AccordWorld } from './world.ts'

export interface Write {
  readonly name: string
  readonly client: string
  readonly calledAt: number
  answeredAt: number | undefined
}

export interface Read {
  readonly client: string
  readonly calledAt: number
  readonly answeredAt: number
  readonly shown: readonly string[]
  /** Granted last, when it was asked. */
  readonly epoch: number
}

const ACTIONS = 160
const EVERY_MS = 400

export class Clients {
  readonly writes: Readonly<Record<'strong' | 'bounded', Write[]>> = { strong: [], bounded: [] }
  readonly reads: Readonly<Record<'strong' | 'bounded', Read[]>> = { strong: [], bounded: [] }
  readonly #world: AccordWorld
  readonly #draws: Prng

  constructor(world: AccordWorld) {
    this.#world = world
    this.#draws = world.frame.prng.stream('clients')
    for (const definition of [STRONG, BOUNDED]) this.#create(definition)
    for (let n = 0; n < ACTIONS; n += 1) world.frame.kernel.at(2_000 + n * EVERY_MS, 'a client acts', () => this.#act(n))
  }

  /**
   * Not held against the model so far: a former authority's part that reached the hub after the next epoch was granted is shown there
   * until the new authority has judged it.
   */
  #isBetweenEpochs(unit: Unit | undefined): boolean {
    const epochs = [...(unit?.replica.log.segments().keys() ?? [])].map((segment) => Number(segment.slice('log:'.length).split('.')[0]))
    return Math.max(0, ...epochs) < this.#world.epoch
  }

  #create(definition: CompiledDefinition): void {
    const { kernel } = this.#world.frame
    let isDone = false
    const again = (): void => void kernel.at(2_000, 'a client asks again', () => (isDone ? undefined : this.#create(definition)))
    const command = {
      type: 'create',
      home: HOME,
      key: keyOf(definition),
      definition: definition.hash,
      title: 't',
      priority: 'normal',
      input: {},
    } as const
    const at = this.#authority()
    again()
    at?.engine
      .submit({ kind: 'will', workflow: workflowOf(definition), home: HOME, command, by: 'founder', reason: 'simulated' })
      .then((answered) => {
        isDone = answered.ok && answered.value.outcome === 'decided'
      })
      .catch((error: unknown) => kernel.fail(error))
  }

  #authority(): Program | undefined {
    return GATEWAYS.map((node) => this.#world.gateways[node].awake).find((running) => running?.keeper.isAuthority(HOME))
  }

  #act(n: number): void {
    const level = this.#draws.pick(['strong', 'strong', 'bounded'] as const)
    const done = this.#draws.chance(0.5) ? this.#write(level, `c${n}`) : this.read(level, this.#draws.pick([...GATEWAYS, HUB, HUB]))
    done.catch((error: unknown) => this.#world.frame.kernel.fail(error))
  }

  async #write(level: 'strong' | 'bounded', name: string): Promise<void> {
    const at = this.#authority()
    if (at === undefined) return
    const { kernel } = this.#world.frame
    const write: Write = { name, client: name, calledAt: kernel.now, answeredAt: undefined }
    this.writes[level].push(write)
    const workflow = workflowOf(level === 'strong' ? STRONG : BOUNDED)
    const command = { type: 'checkpoint', name } as const
    const answered = await at.engine.submit({ kind: 'will', workflow, home: HOME, command, by: name, reason: 'simulated' })
    kernel.history.count(`${level} decision ${answered.ok ? answered.value.outcome : answered.error.code}`)
    if (answered.ok && answered.value.outcome === 'decided') write.answeredAt = kernel.now
  }

  async read(level: 'strong' | 'bounded', node: string): Promise<void> {
    const running = this.#world.machine(node).awake
    if (running === undefined) return
    const { kernel, plant } = this.#world.frame
    const definition = level === 'strong' ? STRONG : BOUNDED
    const demand: Demand = level === 'strong' ? { level } : { level: 'bounded_staleness', maxLagMs: MAX_LAG_MS }
    const calledAt = kernel.now
    const { epoch } = this.#world
    const policy = running.engine.outlet.policyOf(definition.hash)
    const begun = plant.readsFromMemory ? undefined : await running.reader.begin(HOME, demand, policy)
    if (begun !== undefined && !begun.ok) return kernel.history.count(`${level} read ${begun.error.code}`)
    const unit = await running.engine.read(workflowOf(definition))
    if (level === 'strong' && node === HUB && unit.ok && this.#isBetweenEpochs(unit.value))
      return kernel.history.count('strong read between epochs')
    const shown = unit.ok && unit.value !== undefined ? namesIn(unit.value.entries()) : []
    const refused = plant.readsFromMemory ? undefined : await running.reader.end(HOME, demand)
    kernel.history.count(`${level} read at ${node === HUB ? 'hub' : 'gateway'} ${refused?.code ?? 'shown'}`)
    if (refused === undefined) this.reads[level].push({ client: `${node} ${calledAt}`, calledAt, answeredAt: kernel.now, shown, epoch })
  }
}

export const namesIn = (entries: Iterable<{ readonly event: { readonly type: string; readonly name?: unknown } }>): readonly string[] => {
  const names: string[] = []
  for (const { event } of entries) if (event.type === 'checkpointed' && typeof event.name === 'string') names.push(event.name)
  return names
}
