/**
 * What two homes claim at once (CON-1): an agent of one name, a resource of one name, a workflow of one key. Names are each home's own, so
 * it is a conflict only where a domain rule on `facilities` says that this name means one and the same thing everywhere. Only whoever holds
 * copies of both can see it; what is found and how it is settled follows from the claims alone, so any node that knows them says the same.
 *
 * It is told to each party's own log. What an option does there depends on whose log it is: who does not keep it gives it back, or pauses.
 */
import { z } from 'zod'
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Json, JsonObject } from '../values/json.ts'
import { attemptOf, purposeOf, stepName } from '../workflow/attempt.ts'
import type { Clash, ConflictOption } from '../workflow/event.ts'
import { ASK } from '../workflow/note-conflict.ts'
import type { StepState, WorkflowState } from '../workflow/state.ts'
import { isTerminal } from '../workflow/status.ts'
import { ofRule } from './concurrent-decisions.ts'
import type { Contender } from './contest.ts'
import { resolve } from './resolve.ts'
import type { RuleShelf } from './rules/shelf.ts'

export interface Claim {
  readonly kind: 'agent' | 'resource' | 'key'
  readonly name: string
}

export type Claimant = {
  readonly home: string
  readonly workflow: string
  readonly key: string
  readonly definition: string
  readonly priority: WorkflowState['priority']
  readonly since: number
  /** At work on it; without a step the workflow as a whole claims it. */
  readonly step?: string
  readonly ref?: number
  readonly attempt?: number
}

export interface Claimed {
  readonly claim: Claim
  readonly by: Claimant
}

export const claimName = ({ kind, name }: Claim): string => `${kind} ${name}`

/** @param definition as far as this node knows it; without it, nobody can tell what its steps need */
export const claimsOf = (workflow: string, state: WorkflowState, definition: CompiledDefinition | undefined): readonly Claimed[] => {
  if (isTerminal(state.status)) return []
  const { home, key, name, priority, createdAt } = state
  const whole: Claimant = { home, workflow, key, definition: name, priority, since: createdAt }
  const atWork = state.steps.flatMap((step, ref) => (isAtWork(step) ? claimsOfStep(whole, step, ref, definition) : []))
  return [{ claim: { kind: 'key', name: key }, by: whole }, ...atWork]
}

const isAtWork = ({ status, phase }: StepState): boolean =>
  status === 'offered' || status === 'running' || (status === 'compensating' && phase !== 'ready')

const claimsOfStep = (whole: Claimant, step: StepState, ref: number, definition: CompiledDefinition | undefined): readonly Claimed[] => {
  const needs = (definition && attemptOf(definition, step, purposeOf(step))?.spec.needs) ?? []
  const named = definition === undefined ? {} : { step: stepName(definition, step) }
  const by = { ...whole, since: step.since, ref, attempt: step.attempt, ...named }
  return [
    ...(step.agent === undefined ? [] : [{ claim: { kind: 'agent', name: step.agent } as const, by }]),
    ...needs.map(({ resource }) => ({ claim: { kind: 'resource', name: resource } as const, by })),
  ]
}

/** What one party's log is told. */
export interface Telling {
  readonly workflow: string
  readonly home: string
  readonly clash: Clash
  /** The same in every party's telling. */
  readonly about: Json
}

/** @returns nothing where only one home claims it, or no rule minds */
export const judgeAcross = (rules: RuleShelf, claim: Claim, claimants: readonly Claimant[]): readonly Telling[] => {
  const parties = claimants.toSorted((a, b) => compareTexts(optionOf(a), optionOf(b)))
  if (new Set(parties.map(({ home }) => home)).size < 2) return []
  const seen: JsonObject = { claim: { ...claim }, parties }
  const hit = rules.ask('facilities', seen)
  if (hit === undefined) return []
  const contenders = parties.map(contenderOf)
  const { settlement, tried } = resolve(
    { about: claimName(claim), room: 1, contenders, now: 0 },
    hit.error === undefined ? hit.by.rule.resolve : [],
  )
  const error = hit.error === undefined ? '' : ` The rule could not be evaluated (rule-error: ${hit.error}).`
  const claimed = `${claimName(claim)} is claimed by ${contenders.map(({ name }) => name).join(' and ')}.`
  const common: Omit<Clash, 'outcomes'> = {
    kind: claim.kind === 'key' ? 'data' : 'resource',
    ...ofRule(hit),
    parties: parties.map(wordsOf),
    inputs: { across: true, ...seen },
    choice: settlement?.keeps[0] ?? ASK,
    ...(settlement === undefined ? {} : { strategy: settlement.strategy }),
    tried: [...tried],
    explanation: `${claimed}${error} ${settlement?.why ?? 'A person chooses who keeps it.'}`,
  }
  const about = aboutOf({ ...claim }, parties)
  return parties.map((party) => ({
    workflow: party.workflow,
    home: party.home,
    about,
    clash: { ...common, outcomes: outcomesFor(party, parties), ...(party.ref === undefined ? {} : { step: party.ref }) },
  }))
}

const contenderOf = (party: Claimant): Contender => ({
  id: optionOf(party),
  name: `${party.key} at ${party.home}`,
  priority: party.priority,
  since: party.since,
})

/** Who claims what, and at which attempt: found again it is the same, and after it was given back and taken again another. */
const aboutOf = (claim: Json, parties: readonly Party[]): Json => [
  claim,
  parties.map(({ workflow, ref = null, attempt = null }) => [workflow, ref, attempt]),
]

const party = z.object({ workflow: z.string(), home: z.string(), ref: z.number().exactOptional(), attempt: z.number().exactOptional() })
type Party = z.infer<typeof party>
const recorded = z.object({ across: z.literal(true), claim: z.custom<Json>((value) => value !== undefined), parties: z.array(party) })

/** The parties of a conflict across homes, as its record names them; nothing of any other conflict. */
export const partiesOf = (inputs: Json | undefined): { readonly parties: readonly Party[]; readonly about: Json } | undefined => {
  const read = recorded.safeParse(inputs)
  return read.success ? { parties: read.data.parties, about: aboutOf(read.data.claim, read.data.parties) } : undefined
}

const optionOf = ({ home, key }: Claimant): string => `${home}:${key}`

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const wordsOf = ({ home, key, definition, step }: Claimant): string =>
  `${step === undefined ? 'the workflow' : step} of ${key} (${definition}) at ${home}`

const outcomesFor = (self: Claimant, parties: readonly Claimant[]): readonly ConflictOption[] => [
  ...parties.map(
    (party): ConflictOption => ({
      option: optionOf(party),
      effect: party === self ? 'none' : self.ref === undefined ? 'pause' : 'requeue',
      consequence: `${party.key} at ${party.home} keeps it; ${parties
        .filter((other) => other !== party)
        .map(yielding)
        .join(', ')}.`,
    }),
  ),
  { option: 'both', effect: 'none', consequence: 'All go on; whoever chooses this has seen that it does no harm.' },
]

const yielding = ({ key, home, step }: Claimant): string =>
  step === undefined ? `${key} at ${home} is paused` : `${step} of ${key} at ${home} is given back and waits`
