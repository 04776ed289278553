/**
 * A domain rule (CON-3): what must not be, as data. It says at which point it is asked, what makes a conflict of what it sees there, how that
 * is to be settled by itself, and examples of both outcomes that stand beside it and are run before it is trusted.
 *
 *   begin        a step is about to be offered to an agent or begun      workflow, step, agent (null where nobody is needed), facility, now
 *   decision     a decision meets one that its author had not seen       workflow, proposed, standing, by
 *   resource     more is held of something than there is                 resource, holders, facility
 *   deadline     a promised end can't be met any more                    workflow, late
 *   facilities   two homes claim the same                                claim, parties
 *   edit         two people wrote one field, neither seeing the other    workflow, field, kept, lost
 *
 * A published version never changes; of a rule's versions the highest counts.
 */
import { z } from 'zod'
import type { Expression } from '../../definition/compiled.ts'
import { cel, id, strict, text, version } from '../../definition/schema-parts.ts'
import type { JsonObject } from '../../values/json.ts'

/** Where a rule may be asked, and what it may speak of there. */
export const POINTS = {
  begin: ['workflow', 'step', 'agent', 'facility', 'now'],
  decision: ['workflow', 'proposed', 'standing', 'by'],
  resource: ['resource', 'holders', 'facility'],
  deadline: ['workflow', 'late'],
  facilities: ['claim', 'parties'],
  edit: ['workflow', 'field', 'kept', 'lost'],
} as const satisfies Record<string, readonly string[]>

export type Point = keyof typeof POINTS

export const STRATEGIES = ['priority', 'negotiation', 'reallocation', 'rescheduling', 'keep', 'take'] as const
export type Strategy = (typeof STRATEGIES)[number]

export const POINT_NAMES = ['begin', 'decision', 'resource', 'deadline', 'facilities', 'edit'] as const satisfies readonly Point[]

export const MAX_CASES = 100

const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'expected an object')

export const ruleSchema = strict(
  {
    id,
    version,
    title: text.exactOptional(),
    on: z.enum(POINT_NAMES),
    when: cel,
    severity: z.enum(['info', 'warning', 'critical']).default('warning'),
    /** Tried in this order; what none of them settles waits for a person. */
    resolve: z.array(z.enum(STRATEGIES)).max(STRATEGIES.length).readonly().default([]),
    otherwise: z.literal('manual').default('manual'),
    /** Who is asked then. */
    queue: id.exactOptional(),
    role: id.exactOptional(),
    cases: z
      .array(strict({ name: text, given: json, expect: z.enum(['conflict', 'nothing', 'rule-error']) }))
      .max(MAX_CASES)
      .readonly()
      .default([]),
  },
  'a rule',
)

export type Rule = z.infer<typeof ruleSchema>

export interface CompiledRule {
  readonly rule: Rule
  /** Of its canonical JSON. */
  readonly hash: string
  readonly when: Expression
}
