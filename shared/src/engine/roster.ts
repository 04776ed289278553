/**
 * What a home document tells: which agents have registered, as what, and who is present; which breakers have opened. Its log has the same shape as a
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

/** Of a breaker that once opened. */
export interface BreakerRecord {
  readonly state: 'closed' | 'open' | 'half-open'
  /** When it is tried again, or was to be. */
  readonly until: number
  readonly since: number
  /** How often it has opened. */
  readonly opened: number
}

/** The last word of an authority: whose the home is after it. */
export interface HandedOver {
  readonly epoch: number
  readonly to: string
  readonly by: string
}

export interface Roster {
  readonly agents: ReadonlyMap<string, AgentRecord>
  readonly breakers: ReadonlyMap<string, BreakerRecord>
  readonly handedOver?: HandedOver
  readonly lastAt: number
}

const EMPTY: Roster = { agents: new Map(), breakers: new Map(), lastAt: 0 }

export const foldRoster = (roster: Roster | undefined, entry: LogEntry): Roster => {
  const { agents, breakers, handedOver } = roster ?? EMPTY
  const last = foldHandedOver(handedOver, entry)
  return {
    agents: foldAgents(agents, entry),
    breakers: foldBreakers(breakers, entry),
    ...(last === undefined ? {} : { handedOver: last }),
    lastAt: entry.at,
  }
}

const foldHandedOver = (before: HandedOver | undefined, { by, event }: LogEntry): HandedOver | undefined =>
  event.type === 'handed-over' ? { epoch: event.epoch, to: event.to, by } : before

const foldAgents = (agents: Roster['agents'], { at, event }: LogEntry): Roster['agents'] => {
  if (event.type === 'agent-registered') {
    const { agent, kind, capabilities, capacity } = event
    const present = agents.get(agent)?.present ?? false
    return new Map(agents).set(agent, { kind, capabilities, capacity, present, since: at })
  }
  if (event.type !== 'agent-came' && event.type !== 'agent-went') return agents
  const known = agents.get(event.agent)
  return known === undefined ? agents : new Map(agents).set(event.agent, { ...known, present: event.type === 'agent-came', since: at })
}

const foldBreakers = (breakers: Roster['breakers'], { at, event }: LogEntry): Roster['breakers'] => {
  if (event.type !== 'breaker-opened' && event.type !== 'breaker-half-opened' && event.type !== 'breaker-closed') return breakers
  const { until, opened } = breakers.get(event.breaker) ?? { until: at, opened: 0 }
  const record = (): BreakerRecord => {
    if (event.type === 'breaker-opened') return { state: 'open', until: event.until, since: at, opened: opened + 1 }
    return { state: event.type === 'breaker-closed' ? 'closed' : 'half-open', until, since: at, opened }
  }
  return new Map(breakers).set(event.breaker, record())
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
