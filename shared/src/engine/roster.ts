/**
 * What a home document tells about agents: who has registered, as what, and who is present. Its log has the same shape as a
 * workflow's, its fold is this one. It is written by the home's authority and read wherever a copy is.
 */
import type { AgentProfile } from '../agent-protocol/index.ts'
import type { LogEntry, WorkflowEvent } from '../workflow/event.ts'

export interface AgentRecord {
  readonly kind: AgentProfile['kind']
  readonly capabilities: readonly string[]
  readonly capacity: number
  readonly present: boolean
  /** When it came, went or registered last. */
  readonly since: number
}

export interface Roster {
  readonly agents: ReadonlyMap<string, AgentRecord>
  readonly lastAt: number
}

const EMPTY: Roster = { agents: new Map(), lastAt: 0 }

export const foldRoster = (roster: Roster | undefined, { at, event }: LogEntry): Roster => {
  const { agents } = roster ?? EMPTY
  if (event.type === 'agent-registered') {
    const { agent, kind, capabilities, capacity } = event
    const present = agents.get(agent)?.present ?? false
    return { lastAt: at, agents: new Map(agents).set(agent, { kind, capabilities, capacity, present, since: at }) }
  }
  if (event.type !== 'agent-came' && event.type !== 'agent-went') return { agents, lastAt: at }
  const known = agents.get(event.agent)
  if (known === undefined) return { agents, lastAt: at }
  return { lastAt: at, agents: new Map(agents).set(event.agent, { ...known, present: event.type === 'agent-came', since: at }) }
}

export interface Presence {
  readonly agent: string
  readonly kind: AgentProfile['kind']
  readonly capabilities: readonly string[]
  readonly capacity: number
  readonly present: boolean
}

/** What is new about an agent, as events; nothing when the roster says it already. */
export const presenceEvents = (roster: Roster | undefined, { present, ...profile }: Presence): readonly WorkflowEvent[] => {
  const known = roster?.agents.get(profile.agent)
  const events: WorkflowEvent[] = []
  if (present && !sameProfile(known, profile)) events.push({ type: 'agent-registered', ...profile })
  if ((known?.present ?? false) !== present) events.push({ type: present ? 'agent-came' : 'agent-went', agent: profile.agent })
  return events
}

const sameProfile = (known: AgentRecord | undefined, profile: Omit<Presence, 'present'>): boolean =>
  known !== undefined &&
  known.kind === profile.kind &&
  known.capacity === profile.capacity &&
  known.capabilities.length === profile.capabilities.length &&
  known.capabilities.every((capability) => profile.capabilities.includes(capability))
