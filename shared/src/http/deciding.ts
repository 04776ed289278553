/**
 * Putting a decision to a node at the level its caller demands (C6): where this node is the authority, its engine holds the answer until that
 * level is reached; elsewhere a strong decision is proposed only while the authority can be heard, and its verdict is waited for.
 */
import type { Demand } from '../consistency/index.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import { isDecision } from '../engine/consistency-turn.ts'
import type { Engine } from '../engine/engine.ts'
import type { Answer, WillInput } from '../engine/inputs.ts'
import { verdictOn } from '../engine/verdict-wait.ts'
import type { Clock } from '../ports/clock.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, type Result } from '../values/result.ts'

interface Desk {
  readonly engine: Engine
  readonly clock: Clock
  readonly freshness: (facility: string) => { readonly behind: boolean }
}

/** Whoever demands a bound says how old; how many is the writer's own affair. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER

export const decideAt = async (desk: Desk, input: WillInput, demand: Demand | undefined): Promise<Result<Answer, Refusal>> => {
  const { engine, clock, freshness } = desk
  const will = demand === undefined ? input : { ...input, consistency: consistencyOf(demand) }
  const { home, workflow, command } = will
  if (engine.authority.isAuthority(home) || !isDecision(command)) return engine.submit(will)
  const { level } = demand ?? (await policyHere(engine, will))
  if (level !== 'strong') return engine.submit(will)
  if (freshness(home).behind) return err(unheard(home))
  const proposed = await engine.submit(will)
  return proposed.ok ? verdictOn(engine, clock, workflow, proposed.value) : proposed
}

const consistencyOf = (demand: Demand): Consistency =>
  demand.level === 'bounded_staleness' ? { ...demand, maxPending: NO_LIMIT } : { level: demand.level }

const policyHere = async (engine: Engine, { workflow, command }: WillInput): Promise<Consistency> => {
  const unit = await engine.read(workflow)
  const state = unit.ok ? unit.value?.state : undefined
  return engine.outlet.policyOf(state?.definition ?? (command.type === 'create' ? command.definition : undefined), state)
}

const unheard = (home: string): Refusal =>
  refusal(
    'retry-later',
    'unavailable',
    `It is decided under strong consistency, and ${home} can't be heard. A caller may ask for a weaker one.`,
  )
