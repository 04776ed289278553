/** The agents that are here, as one round of assigning sees them: each with what it has in hand, and what it was given meanwhile. */
import { type Candidate, canDo, chooseAgent, type Need } from '../allocation/choose.ts'

export class Crew {
  readonly #agents: readonly (Candidate & { load: number })[]

  constructor(agents: Iterable<Candidate>) {
    this.#agents = Array.from(agents, (agent) => ({ ...agent }))
  }

  /** Nobody could take anything up. */
  get isBusy(): boolean {
    return this.#agents.every(({ load, capacity }) => load >= capacity)
  }

  choose(need: Need): string | undefined {
    return chooseAgent(need, this.#agents)?.id
  }

  /** Everybody who could take it up now, by id. */
  free(need: Need): readonly string[] {
    return this.#agents.filter((agent) => agent.load < agent.capacity && canDo(agent, need)).map(({ id }) => id)
  }

  /** Somebody here could, once it is free. */
  canDo(need: Need): boolean {
    return this.#agents.some((agent) => canDo(agent, need))
  }

  take(id: string): void {
    const agent = this.#agents.find((each) => each.id === id)
    if (agent !== undefined) agent.load += 1
  }
}
