/** What the API asks of a node so that its answers keep to a level and to a session; over the engine's reader. */
import type { Demand } from '../consistency/index.ts'
import type { Consistency } from '../definition/schema-consistency.ts'
import type { Engine } from '../engine/engine.ts'
import type { Reader } from '../engine/reader.ts'
import { unlessDamaged } from '../engine/rows.ts'
import { joined, type Session } from '../engine/session.ts'
import { type Refusal, refusal } from '../values/refusal.ts'
import { err, ok, type Result } from '../values/result.ts'

/** What a request is about: one workflow, or all of some facilities. */
export type Scope = { readonly workflow: string; readonly sees: (facility: string) => boolean } | { readonly facilities: readonly string[] }

export interface Reads {
  /**
   * Before a read. Refused when what this node holds is not fresh enough for the demand, or not all that the session has seen.
   * @returns how old it may be, in milliseconds; undefined where nobody knows
   */
  begin(scope: Scope, demand: Demand, session: Session): Promise<Result<number | undefined, Refusal>>
  /** After a read, before its answer is given: refused when what was read is not firm enough. */
  end(scope: Scope, demand: Demand): Promise<Refusal | undefined>
  /** What whoever gets this answer has seen, beside what it had seen before. */
  seen(scope: Scope, session: Session): Promise<Session>
}

/** Tokens travel in a header. */
const MAX_HOMES = 16

const NOT_CAUGHT_UP = refusal('retry-later', 'not-caught-up', 'This node has not got everything yet that the session has seen.')

export const readsOf = (engine: Engine, reader: Reader): Reads => {
  /** Where its row is damaged, its document tells. */
  const homeOf = async (workflow: string): Promise<string | undefined> => {
    const summary = await unlessDamaged(engine.summary(workflow))
    if (summary !== undefined) return summary.facility
    const unit = await engine.read(workflow)
    return unit.ok ? unit.value?.home : undefined
  }
  const homesOf = async (scope: Scope): Promise<readonly string[]> => {
    if ('facilities' in scope) return scope.facilities
    const home = await homeOf(scope.workflow)
    return home !== undefined && scope.sees(home) ? [home] : []
  }
  const policyOf = async (scope: Scope): Promise<Consistency | undefined> => {
    const unit = 'workflow' in scope ? await engine.read(scope.workflow) : undefined
    const state = unit?.ok ? unit.value?.state : undefined
    return state && engine.outlet.policyOf(state.definition, state)
  }
  return {
    begin: async (scope, demand, session) => {
      if (session.length > 0 && !(await reader.holds(session))) return err(NOT_CAUGHT_UP)
      const policy = demand.level === 'strong' ? await policyOf(scope) : undefined
      const begun = await Promise.all((await homesOf(scope)).map((home) => reader.begin(home, demand, policy)))
      const refused = begun.find((one) => !one.ok)
      if (refused !== undefined && !refused.ok) return refused
      const ages = begun.map((one) => (one.ok ? one.value : undefined))
      return ok(
        ages.reduce<number | undefined>(
          (oldest, age) => (oldest === undefined || age === undefined ? undefined : Math.max(oldest, age)),
          0,
        ),
      )
    },
    end: async (scope, demand) => {
      const ends = await Promise.all((await homesOf(scope)).map((home) => reader.end(home, demand)))
      return ends.find((refused) => refused !== undefined)
    },
    seen: async (scope, session) => {
      const homes = await homesOf(scope)
      return homes.length > MAX_HOMES ? session : joined(session, await reader.seen(homes))
    },
  }
}
