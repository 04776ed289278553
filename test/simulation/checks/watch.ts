/**
 * What must hold after every commit, not only where a crash lays a disk open:
 *
 *   I1   a log never loses an entry
 *   I6   a row is of the very log it was committed with
 *   I7   the coordinator's copy of a log is one that its gateway had
 *   I16 I18 I19 I20 I21 I22 I23   the log of every workflow, entry by entry (follower.ts, log-audit.ts)
 *   I20  what is due comes in time (wakes.ts)
 *   I22  no agent holds more tasks than its hands can, and no more is taken of a resource than there is
 */
import { type Committed, type News, Unit } from '@holdfast/shared/engine'
import { assertInvariant } from '@holdfast/shared/testing'
import { evolve } from '@holdfast/shared/workflow'
import type { Life } from '../world/engine-host.ts'
import type { Frame } from '../world/frame.ts'
import { gatewayOf, HOMES } from '../world/setup.ts'
import { Follower } from './follower.ts'
import { Wakes } from './wakes.ts'

export class Watch {
  readonly followers = new Map<string, Follower>()
  /** ⟨workflow⟩ ⟨length⟩ → the head of its chain there, as the authority had it. */
  readonly #heads = new Map<string, string>()
  readonly #frame: Frame
  readonly #capacityOf: (agent: string) => number
  readonly #wakes: Wakes

  constructor(frame: Frame, capacityOf: (agent: string) => number) {
    this.#frame = frame
    this.#capacityOf = capacityOf
    this.#wakes = new Wakes(frame)
  }

  attach(life: Life, isAuthority: boolean): void {
    const { engine, process } = life
    for (const { id, state } of this.followers.values()) if (state && gatewayOf(state.home) === process.name) this.#noteWake(life, id)
    engine.onCommitted((committed) => {
      if (!process.alive) return
      try {
        if (isAuthority) this.#atAuthority(life, committed)
        else this.#atReplica(committed)
      } catch (error) {
        this.#frame.kernel.fail(error)
      }
    })
  }

  /** What became durable without anybody being told of it: the commit that a crash cut short, or whose outcome nobody knew. */
  catchUp(unit: Unit): void {
    const { id, home: facility, state, length } = unit
    if (state === undefined || length === this.followers.get(id)?.length) return
    this.#frame.kernel.history.reached('commit that was not told of')
    this.#follow({ id, facility, state, from: length, entries: [], log: () => unit.entries() })
  }

  /** @param clockSays at least, if that is known */
  #noteWake(life: Life, id: string, clockSays = 0): void {
    const follower = this.followers.get(id)
    if (follower?.state === undefined) return
    this.#wakes.note(life, follower.definition, id, follower.state, Math.max(clockSays, life.clock.now().wall))
  }

  #follow(news: News): void {
    const follower = this.followers.get(news.id) ?? new Follower(news, this.#frame.kernel.history)
    this.followers.set(news.id, follower)
    follower.take(news)
  }

  #atAuthority(life: Life, { news, summaries }: Committed): void {
    for (const each of news) {
      const before = this.followers.get(each.id)?.state?.lastAt ?? 0
      this.#follow(each)
      // A log's time that has moved on is that of its authority's clock; one that stands still may be that of an earlier life's.
      this.#noteWake(life, each.id, each.state.lastAt > before ? each.state.lastAt : 0)
    }
    // After an outcome that nobody knew, rows are told alone: what is in the log must be read from the disk.
    if (news.length === 0) void this.#readOn(life, summaries)
    for (const { id, length, head } of summaries) {
      this.#heads.set(`${id} ${length}`, head)
      const known = this.followers.get(id)?.length ?? 0
      assertInvariant('I6 a row is of the log it was committed with', known === length || news.length === 0, () => ({ id, length, known }))
    }
    this.#countHeld()
  }

  async #readOn(life: Life, summaries: Committed['summaries']): Promise<void> {
    const { store, process } = life
    for (const { id } of summaries) {
      const stored = process.alive ? await store.document(id).catch(() => undefined) : undefined
      const unit = stored && Unit.load(id, stored, 0, evolve)
      if (!unit?.ok) continue
      this.catchUp(unit.value)
      this.#noteWake(life, id)
    }
  }

  #countHeld(): void {
    const held = new Map<string, number>()
    for (const { audit } of this.followers.values()) {
      for (const task of audit.open) {
        const agent = audit.offered.get(task) ?? ''
        held.set(agent, (held.get(agent) ?? 0) + 1)
      }
    }
    for (const [agent, count] of held) {
      const capacity = this.#capacityOf(agent)
      assertInvariant('I22 no agent holds more than it can', count <= capacity, () => ({ agent, count, capacity }))
    }
    for (const home of HOMES) this.#countTaken(home)
  }

  /** Each resource of a facility, by all its workflows together. */
  #countTaken(home: string): void {
    const { resources } = this.#frame.setup.particulars.limits
    const taken = new Map<string, number>()
    for (const { holds, state } of this.followers.values()) {
      if (state?.home !== home) continue
      for (const { demand } of holds)
        for (const { resource, amount } of demand.needs) taken.set(resource, (taken.get(resource) ?? 0) + amount)
    }
    for (const [resource, amount] of taken) {
      const capacity = resources[resource] ?? 0
      assertInvariant('I22 no more is taken of a resource than there is', amount <= capacity, () => ({ home, resource, amount, capacity }))
    }
  }

  #atReplica({ summaries }: Committed): void {
    for (const { id, length, head } of summaries) {
      const there = this.#heads.get(`${id} ${length}`)
      if (there === undefined) continue
      this.#frame.kernel.history.count('copies compared with their origin')
      assertInvariant('I7 a copy is a prefix of its origin', head === there, () => ({ id, length }))
    }
  }
}
