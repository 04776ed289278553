/**
 * More is held of something than there is (CON-1): a capacity was lowered while it was in use, an agent came back able to do less. Holdings
 * are facts, so nothing is taken away by itself unless a domain rule on `resource` says how; else the least urgent holder's log asks.
 */
import type { Json, JsonObject } from '../values/json.ts'
import type { Clash } from '../workflow/event.ts'
import { ASK } from '../workflow/note-conflict.ts'
import { ofRule } from './concurrent-decisions.ts'
import type { Contender, Settlement } from './contest.ts'
import { resolve, urgency } from './resolve.ts'
import type { RuleHit, RuleShelf } from './rules/shelf.ts'

export const DOUBLE_BOOKED = 'double-booked'

export type Holding = {
  readonly workflow: string
  readonly key: string
  readonly step: string
  readonly ref: number
  readonly attempt: number
  readonly priority: Contender['priority']
  readonly since: number
  readonly amount: number
}

export interface Overbooked {
  readonly home: string
  /** `dock`, or `agent robot-1`. */
  readonly resource: string
  readonly capacity: number
  readonly holders: readonly Holding[]
}

export interface Finding {
  readonly workflow: string
  readonly clash: Clash
  readonly about: Json
}

/** What is to be put on record, each in the log of the workflow that it is about. */
export const judgeOverbooked = (rules: RuleShelf, { home, resource, capacity, holders }: Overbooked): readonly Finding[] => {
  const contenders = holders.map(contenderOf).toSorted(urgency)
  const held = holders.reduce((sum, { amount }) => sum + amount, 0)
  const seen: JsonObject = { resource: { name: resource, capacity, held }, holders: [...holders], facility: { id: home } }
  const hit = rules.ask('resource', seen)
  const strategies = hit === undefined || hit.error !== undefined ? [] : hit.by.rule.resolve
  const room = roomFor(
    capacity,
    contenders.flatMap(({ id }) => holders.find((holder) => idOf(holder) === id) ?? []),
  )
  const { settlement, tried } = resolve({ about: resource, room, contenders, now: 0 }, strategies)
  const yields = settlement?.yields.map(({ id }) => id) ?? contenders.slice(-1).map(({ id }) => id)
  return holders
    .filter((holder) => yields.includes(idOf(holder)))
    .map((holder) => ({
      workflow: holder.workflow,
      about: [resource, capacity, holder.ref, holder.attempt],
      clash: { ...commonOf({ seen, hit, settlement, tried }, resource, capacity, contenders), ...optionsFor(holder, resource, settlement) },
    }))
}

const idOf = ({ workflow, ref, attempt }: Holding): string => `${workflow}.${ref}.${attempt}`

const contenderOf = (holder: Holding): Contender => ({
  id: idOf(holder),
  name: `${holder.step} of ${holder.key}`,
  priority: holder.priority,
  since: holder.since,
})

/** How many of them can keep what they have, the most urgent first. */
const roomFor = (capacity: number, holders: readonly Holding[]): number => {
  let left = capacity
  const first = holders.findIndex(({ amount }) => {
    left -= amount
    return left < 0
  })
  return first < 0 ? holders.length : first
}

interface Told {
  readonly seen: JsonObject
  readonly hit: RuleHit | undefined
  readonly settlement: Settlement | undefined
  readonly tried: readonly string[]
}

const commonOf = (
  { seen, hit, settlement, tried }: Told,
  resource: string,
  capacity: number,
  contenders: readonly Contender[],
): Omit<Clash, 'outcomes' | 'choice' | 'explanation'> & Pick<Clash, 'explanation'> => {
  const error = hit?.error === undefined ? '' : ` Rule ${hit.by.rule.id} could not be evaluated (rule-error: ${hit.error}).`
  const names = contenders.map(({ name }) => name)
  return {
    kind: 'resource',
    ...(hit === undefined ? { rule: DOUBLE_BOOKED, version: 1, severity: 'warning' } : ofRule(hit)),
    parties: names,
    inputs: seen,
    ...(settlement === undefined ? {} : { strategy: settlement.strategy }),
    tried: [...tried],
    explanation: `More is held of ${resource} than there is (${capacity}): by ${names.join(', ')}.${error} ${settlement?.why ?? 'Nothing is taken away until a person chooses.'}`,
  }
}

const optionsFor = (
  { step, key, ref }: Holding,
  resource: string,
  settlement: Settlement | undefined,
): Pick<Clash, 'outcomes' | 'choice' | 'step'> => ({
  outcomes: [
    { option: 'keep', effect: 'none', consequence: `All keep ${resource}, and nobody else gets it until enough is given back.` },
    { option: 'give-back', effect: 'requeue', consequence: `${step} of ${key} gives ${resource} back, and waits for its turn.` },
  ],
  choice: settlement === undefined ? ASK : 'give-back',
  step: ref,
})
