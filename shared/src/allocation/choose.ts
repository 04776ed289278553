/**
 * Which agent gets an offer, explainably (COO-2): among those that are present, able and free, the least loaded in proportion to its
 * capacity; among equals the one that has waited longest; then by id, so that every run agrees.
 */
import type { AgentKind } from '../definition/definition.ts'

export interface Candidate {
  readonly id: string
  readonly kind: AgentKind
  readonly capabilities: ReadonlySet<string>
  readonly capacity: number
  readonly load: number
  /** Monotonic moment at which its last task ended. */
  readonly idleSince: number
}

export interface Need {
  readonly capability: string
  readonly kind?: AgentKind
}

export const canDo = (agent: Candidate, need: Need): boolean =>
  agent.capabilities.has(need.capability) && (need.kind === undefined || need.kind === agent.kind)

export const chooseAgent = <Agent extends Candidate>(need: Need, agents: Iterable<Agent>): Agent | undefined => {
  let best: Agent | undefined
  for (const agent of agents) {
    if (agent.load >= agent.capacity || !canDo(agent, need)) continue
    if (best === undefined || isBetter(agent, best)) best = agent
  }
  return best
}

const isBetter = (a: Candidate, b: Candidate): boolean => {
  const loads = a.load / a.capacity - b.load / b.capacity
  if (loads !== 0) return loads < 0
  return a.idleSince !== b.idleSince ? a.idleSince < b.idleSince : a.id < b.id
}
