/**
 * May this step begin, by the rules of the house (CON-1 safety)? Asked for one step and one agent over a picture of the facility; the answer
 * is a function of that picture, so whoever has it comes to the same.
 *
 *   no rule objects                          it begins
 *   a rule objects, and a strategy of its    it begins with another agent, or waits until nothing objects any more
 *   a rule objects, and none finds a way     it waits for a person, who may let it begin all the same
 *   a rule can't be evaluated                as the last: what it guards against must not happen because of a mistake in it
 */
import type { Json, JsonObject } from '../values/json.ts'
import type { Clash, ConflictOption } from '../workflow/event.ts'
import { ASK } from '../workflow/note-conflict.ts'
import { ofRule } from './concurrent-decisions.ts'
import type { Contender, Settlement } from './contest.ts'
import { resolve } from './resolve.ts'
import { askRule, type RuleHit, type RuleShelf } from './rules/shelf.ts'

/** A task that an agent of the facility has in hand. */
export type Work = {
  readonly workflow: string
  readonly key: string
  readonly step: string
  readonly agent: string
  readonly kind: string
  readonly capability: string
  readonly priority: Contender['priority']
  readonly since: number
  readonly input: Json
}

export interface Scene {
  readonly workflow: JsonObject
  readonly step: JsonObject
  /** Nobody where none is needed. */
  readonly agent: JsonObject | null
  readonly home: string
  readonly agents: readonly JsonObject[]
  readonly working: readonly Work[]
  readonly now: number
  /** The step as a contender, by what it and its workflow say of themselves. */
  readonly self: Omit<Contender, 'substitutes'>
  /** Others who are free and able. */
  readonly others: readonly (JsonObject & { readonly id: string })[]
}

export type Beginning =
  | { readonly may: 'begin' }
  | { readonly may: 'begin-with'; readonly agent: string; readonly clash: Clash }
  | { readonly may: 'wait'; readonly clash: Clash }

export const judgeBeginning = (rules: RuleShelf, scene: Scene): Beginning => {
  const hit = rules.ask('begin', seenBy(scene, scene.agent, scene.working))
  if (hit === undefined) return { may: 'begin' }
  const collides = colliding(hit, scene)
  const { settlement, tried } = settle(rules, hit, scene, collides)
  const to = settlement?.yields[0]?.to
  const clash = clashOf(hit, scene, collides, settlement, tried)
  return to === undefined ? { may: 'wait', clash } : { may: 'begin-with', agent: to, clash }
}

const seenBy = ({ workflow, step, home, agents, now }: Scene, agent: JsonObject | null, working: readonly Work[]): JsonObject => ({
  workflow,
  step,
  agent,
  facility: { id: home, agents: [...agents], working: [...working] },
  now,
})

/** Whose work makes the rule object: each of them alone, or all of them where it is only together. */
const colliding = ({ by, error }: RuleHit, scene: Scene): readonly Work[] => {
  if (error !== undefined || askRule(by, seenBy(scene, scene.agent, [])) !== undefined) return []
  const alone = scene.working.filter((work) => askRule(by, seenBy(scene, scene.agent, [work])) !== undefined)
  return alone.length > 0 ? alone : scene.working
}

const settle = (rules: RuleShelf, hit: RuleHit, scene: Scene, collides: readonly Work[]): ReturnType<typeof resolve> => {
  if (hit.error !== undefined) return { tried: [] }
  const substitutes = scene.others.filter((other) => rules.ask('begin', seenBy(scene, other, scene.working)) === undefined)
  const holders = collides.map(
    (work): Contender => ({
      id: `${work.workflow}.${work.step}`,
      name: nameOf(work),
      priority: work.priority,
      since: work.since,
      holds: true,
    }),
  )
  const self: Contender = { ...scene.self, substitutes: substitutes.map(({ id }) => id) }
  const about = hit.by.rule.title ?? hit.by.rule.id
  return resolve(
    { about: `its place (${about})`, room: holders.length, contenders: [self, ...holders], now: scene.now },
    hit.by.rule.resolve,
  )
}

const nameOf = ({ agent, step, key }: Work): string => `${agent} at ${step} of ${key}`

const MAX_NAMED = 20

const clashOf = (
  hit: RuleHit,
  scene: Scene,
  collides: readonly Work[],
  settlement: Settlement | undefined,
  tried: readonly string[],
): Clash => {
  const { rule } = hit.by
  const who = scene.agent === null ? scene.self.name : `${String(scene.agent.id)} at ${scene.self.name}`
  const working = collides.slice(0, MAX_NAMED)
  const to = settlement?.yields[0]?.to
  return {
    kind: 'safety',
    ...ofRule(hit),
    parties: [`${who}, about to begin`, ...working.map(nameOf)],
    inputs: {
      workflow: briefly(scene.workflow),
      step: briefly(scene.step),
      agent: scene.agent,
      working: working.map(briefly),
      now: scene.now,
    },
    outcomes: outcomesOf(rule.id, to),
    choice: settlement === undefined ? ASK : to === undefined ? 'wait' : 'other-agent',
    ...(settlement === undefined ? {} : { strategy: settlement.strategy }),
    tried: [...tried],
    explanation: `${rule.title ?? rule.id}: ${who} was about to begin${meanwhile(working)}. ${solution(hit, settlement)}`,
  }
}

const meanwhile = (working: readonly Work[]): string => (working.length === 0 ? '' : ` while ${working.map(nameOf).join(', ')} is at work`)

const solution = ({ by, error }: RuleHit, settlement: Settlement | undefined): string => {
  if (error !== undefined) return `The rule could not be evaluated (rule-error: ${error}); it waits until a person chooses.`
  return settlement === undefined ? `Nothing of what ${by.rule.id} allows settles it; it waits until a person chooses.` : settlement.why
}

const outcomesOf = (rule: string, to: string | undefined): readonly ConflictOption[] => [
  ...(to === undefined ? [] : [{ option: 'other-agent', effect: 'none', consequence: `${to} does it instead.` } as const]),
  { option: 'wait', effect: 'none', consequence: `It begins once ${rule} objects no more.` },
  { option: 'proceed', effect: 'proceed', consequence: 'It begins at once, in spite of the rule.' },
  { option: 'fail', effect: 'fail', consequence: 'The step has failed, with all that follows from that.' },
]

const MAX_INPUT_TEXT = 4_096

/** Inputs may be large, and stand elsewhere in the log. */
const briefly = (seen: JsonObject): JsonObject =>
  JSON.stringify(seen.input ?? null).length <= MAX_INPUT_TEXT ? seen : { ...seen, input: '(too large to be repeated here)' }
