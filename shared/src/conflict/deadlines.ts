/**
 * A promised end that can't be met any more (CON-1 temporal), told as soon as it can be known and not when it is missed:
 *
 *   deadline-impossible   what is still to be done takes longer, by its own definition (`takesMs`), than the time that is left
 *   windows-overlap       a step must begin before what it needs is given back: its window lies within that of whoever has it
 *
 * A domain rule on `deadline` may raise it by itself (`priority`) or let it be late (`keep`); else a person chooses.
 */
import type { CompiledDefinition } from '../definition/compiled.ts'
import type { Json, JsonObject } from '../values/json.ts'
import type { Clash } from '../workflow/event.ts'
import { remainingMs } from '../workflow/forecast.ts'
import { ASK } from '../workflow/note-conflict.ts'
import type { WorkflowState } from '../workflow/state.ts'
import { ofRule } from './concurrent-decisions.ts'
import { plainWorkflow } from './plain.ts'
import type { RuleHit, RuleShelf } from './rules/shelf.ts'

export interface LateFinding {
  readonly clash: Clash
  readonly about: Json
}

interface Whose {
  readonly workflow: string
  readonly state: WorkflowState
}

/** @returns nothing where there is time, or nobody said how long anything takes */
export const judgeDeadline = (
  rules: RuleShelf | undefined,
  definition: CompiledDefinition,
  { workflow, state }: Whose,
  now: number,
): LateFinding | undefined => {
  const deadline = state.deadline?.breachAt
  const declared = definition.steps.some(({ spec }) => spec.takesMs !== undefined)
  if (deadline === undefined || !declared || now >= deadline) return undefined
  const usual = (step: number) => ({ queuedMs: 0, workingMs: definition.steps[step]?.spec.takesMs ?? 0 })
  const remaining = remainingMs(definition, state, usual, now)
  if (remaining === undefined || now + remaining <= deadline) return undefined
  const late = { remainingMs: remaining, leftMs: deadline - now, byMs: now + remaining - deadline }
  return finding(rules, { workflow, state }, 'deadline-impossible', {
    about: ['deadline', deadline],
    parties: [`${state.key}, which still takes ${remaining} ms`, `its promised end in ${late.leftMs} ms`],
    late,
    words: `What is left of ${state.key} takes ${remaining} ms, and ${late.leftMs} ms are left until its promised end.`,
  })
}

export interface Window {
  readonly step: string
  readonly ref: number
  readonly attempt: number
  readonly resource: string
  readonly beginBy: number
  /** Who has what it needs, and until when by their own definitions. */
  readonly holders: readonly { readonly name: string; readonly until: number }[]
}

/** @returns nothing where it is given back in time, as far as its holders' definitions tell */
export const judgeWindow = (rules: RuleShelf | undefined, whose: Whose, window: Window): LateFinding | undefined => {
  const { step, ref, attempt, resource, beginBy, holders } = window
  const free = Math.min(...holders.map(({ until }) => until))
  if (!Number.isFinite(free) || free <= beginBy) return undefined
  const found = finding(rules, whose, 'windows-overlap', {
    about: ['window', ref, attempt, resource],
    parties: [
      `${step} of ${whose.state.key}, to begin by ${beginBy}`,
      ...holders.map(({ name, until }) => `${name}, which has ${resource} until ${until}`),
    ],
    late: { step, resource, byMs: free - beginBy },
    words: `${step} of ${whose.state.key} would have to begin ${free - beginBy} ms before ${resource} is given back by ${holders.map(({ name }) => name).join(', ')}.`,
  })
  return { ...found, clash: { ...found.clash, step: ref } }
}

interface Late {
  readonly about: Json
  readonly parties: readonly string[]
  readonly late: JsonObject
  readonly words: string
}

const finding = (
  rules: RuleShelf | undefined,
  { workflow, state }: Whose,
  rule: string,
  { about, parties, late, words }: Late,
): LateFinding => {
  const seen = { workflow: plainWorkflow(workflow, state), late: { ...late, rule } }
  const hit = rules?.ask('deadline', seen)
  const { choice, strategy } = choiceOf(hit, state)
  const error = hit?.error === undefined ? '' : ` Rule ${hit.by.rule.id} could not be evaluated (rule-error: ${hit.error}).`
  const clash: Clash = {
    kind: 'temporal',
    ...(hit === undefined ? { rule, version: 1, severity: 'warning' } : ofRule(hit)),
    parties,
    inputs: seen.late,
    outcomes: [
      { option: 'keep', effect: 'none', consequence: `It goes on, and ends late by about ${String(late.byMs)} ms.` },
      { option: 'raise', effect: 'raise', consequence: 'It becomes critical, and is served before what is less urgent.' },
      { option: 'cancel', effect: 'cancel', consequence: 'It is cancelled, and what was done is undone.' },
    ],
    choice,
    ...(strategy === undefined ? {} : { strategy }),
    explanation: `${words}${error} ${SAYS[choice]}`,
  }
  return { clash, about }
}

type Choice = 'keep' | 'raise' | typeof ASK

const SAYS: Readonly<Record<Choice, string>> = {
  keep: 'It is let be late.',
  raise: 'It is made critical.',
  [ASK]: 'A person chooses.',
}

const choiceOf = (hit: RuleHit | undefined, { priority }: WorkflowState): { readonly choice: Choice; readonly strategy?: string } => {
  if (hit === undefined || hit.error !== undefined) return { choice: ASK }
  for (const strategy of hit.by.rule.resolve) {
    if (strategy === 'priority' && priority !== 'critical') return { choice: 'raise', strategy }
    if (strategy === 'keep') return { choice: 'keep', strategy }
  }
  return { choice: ASK }
}
