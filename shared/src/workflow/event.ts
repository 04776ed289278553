/**
 * What the log of one workflow holds. An event says what happened; consequences that `decide` drew are events of their own, so
 * `evolve` needs no definition and a replay never depends on today's code for drawing them.
 *
 * A step is named by its reference: 0 … n−1 are the definition's steps, larger numbers the items of maps in the order fanned out.
 * The order of members is the order in which codec.ts writes them: never reorder, only append.
 */
import { z } from 'zod'
import { STAGE_NAME } from '../definition/lifecycle.ts'
import { MAX_STEPS } from '../definition/schema.ts'
import type { Json } from '../values/json.ts'

const json = z.custom<Json>((value) => value !== undefined)
const ref = z.number().int().nonnegative()
/** What a definition may have: a forged log must not ask its reader for more room. */
const stepCount = z.number().int().nonnegative().max(MAX_STEPS)
const attempt = z.number().int().positive()
const time = z.number()
const priority = z.enum(['critical', 'high', 'normal', 'low'])
const purpose = z.enum(['forward', 'compensate'])
const stepError = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).readonly()
const sent = z.array(z.number()).readonly()
const refs = z.array(ref).readonly()

const awaited = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('signal'), signal: z.string() }).readonly(),
  z.object({ kind: z.literal('time'), until: time }).readonly(),
  z.object({ kind: z.literal('step'), home: z.string(), workflow: z.string(), key: z.string(), step: z.string() }).readonly(),
  z
    .object({ kind: z.literal('approval'), queue: z.string(), needed: z.number().int().positive(), role: z.string().exactOptional() })
    .readonly(),
  z.object({ kind: z.literal('workflow'), home: z.string(), workflow: z.string(), key: z.string() }).readonly(),
  z.object({ kind: z.literal('barrier'), barrier: z.string(), parties: z.number().int().positive() }).readonly(),
  /** A workflow of the step's own. `leave`: it is not cancelled with its parent. */
  z.object({ kind: z.literal('child'), workflow: z.string(), key: z.string(), leave: z.boolean() }).readonly(),
])

const severity = z.enum(['info', 'warning', 'critical'])

/** What choosing an option does, where it does anything; what it leads to stands beside it in words. */
const conflictEffect = z.enum(['none', 'take', 'undo', 'cancel', 'pause', 'raise', 'requeue', 'proceed', 'fail'])
const conflictOption = z.object({ option: z.string(), effect: conflictEffect, consequence: z.string() }).readonly()

/** Whose step a workflow was started by, and how many generations lie above it. */
const parent = z.object({ workflow: z.string(), step: ref, depth: z.number().int().positive() }).readonly()
const consistency = z.discriminatedUnion('level', [
  z.object({ level: z.literal('strong') }).readonly(),
  z.object({ level: z.literal('bounded_staleness'), maxLagMs: z.number().positive(), maxPending: z.number().int().positive() }).readonly(),
  z.object({ level: z.literal('eventual') }).readonly(),
])
const childEnd = z.enum(['completed', 'failed', 'cancelled', 'refused'])

export const EVENT_SCHEMAS = {
  created: z.object({
    type: z.literal('created'),
    home: z.string(),
    key: z.string(),
    definition: z.string(),
    name: z.string(),
    version: z.number(),
    steps: stepCount,
    title: z.string(),
    priority,
    input: json,
    parent: parent.exactOptional(),
  }),
  started: z.object({ type: z.literal('started') }),
  paused: z.object({ type: z.literal('paused') }),
  resumed: z.object({ type: z.literal('resumed') }),
  'priority-set': z.object({ type: z.literal('priority-set'), priority }),
  signalled: z.object({ type: z.literal('signalled'), name: z.string(), id: z.string(), payload: json }),
  /**
   * The workflow turned back: what runs is told to stop, what is done is undone, then it ends with this outcome. With a scope only those
   * steps go back, and the workflow goes on: they are done again (`rewound`) or left undone (`given-up`).
   */
  'turned-back': z.object({
    type: z.literal('turned-back'),
    outcome: z.enum(['failed', 'cancelled', 'rewound', 'given-up']),
    error: stepError,
    compensate: z.boolean(),
    step: ref.exactOptional(),
    scope: refs.exactOptional(),
  }),
  completed: z.object({ type: z.literal('completed'), output: json }),
  failed: z.object({ type: z.literal('failed') }),
  cancelled: z.object({ type: z.literal('cancelled') }),
  'step-ready': z.object({ type: z.literal('step-ready'), ref, input: json.exactOptional() }),
  /** `sent`, when somebody decided to go on without it: the links that carry a message on as if it had succeeded. */
  'step-skipped': z.object({ type: z.literal('step-skipped'), ref, sent: sent.exactOptional() }),
  'step-cancelled': z.object({ type: z.literal('step-cancelled'), ref }),
  /** `shortage`: who has it meanwhile, in words, as it was then. */
  'resource-awaited': z.object({ type: z.literal('resource-awaited'), ref, resource: z.string(), shortage: z.string().exactOptional() }),
  'fanned-out': z.object({ type: z.literal('fanned-out'), ref, items: z.array(json).readonly(), dueAt: time.exactOptional() }),
  /** A map that was rewound runs the same items again, as far as they are not done. */
  'items-resumed': z.object({ type: z.literal('items-resumed'), ref, dueAt: time.exactOptional() }),
  offered: z.object({ type: z.literal('offered'), ref, attempt, agent: z.string() }),
  /** The agent would not take it; this is no failure of the work. */
  declined: z.object({ type: z.literal('declined'), ref, attempt, reason: z.string(), retryAt: time }),
  running: z.object({ type: z.literal('running'), ref, attempt, dueAt: time.exactOptional(), awaits: awaited.exactOptional() }),
  validating: z.object({ type: z.literal('validating'), ref, output: json }),
  /** `sent`: numbers of the links that carry a message on; the step's other outgoing links are dead. */
  'step-succeeded': z.object({ type: z.literal('step-succeeded'), ref, sent, output: json.exactOptional() }),
  /** One attempt failed or was lost; the next may begin at `retryAt`. */
  'attempt-failed': z.object({ type: z.literal('attempt-failed'), ref, attempt, error: stepError, retryAt: time }),
  'step-failed': z.object({ type: z.literal('step-failed'), ref, error: stepError, sent }),
  /** An agent that was told to stop has stopped. */
  stopped: z.object({ type: z.literal('stopped'), ref }),
  compensating: z.object({ type: z.literal('compensating'), ref, input: json.exactOptional() }),
  compensated: z.object({ type: z.literal('compensated'), ref }),
  'compensation-failed': z.object({ type: z.literal('compensation-failed'), ref, error: stepError }),
  /** A result for an attempt that no longer counts: kept as a fact, applied to nothing. */
  'late-result': z.object({ type: z.literal('late-result'), ref, attempt, purpose, succeeded: z.boolean(), output: json }),
  'follow-up-wanted': z.object({ type: z.literal('follow-up-wanted'), key: z.string(), definition: z.string(), input: json }),
  'follow-up-started': z.object({ type: z.literal('follow-up-started'), key: z.string(), workflow: z.string() }),
  /** The workflow that an attempt of a step ran has ended; `refused`: it could not begin. */
  'child-ended': z.object({ type: z.literal('child-ended'), step: ref, attempt, status: childEnd }),
  conflict: z.object({
    type: z.literal('conflict'),
    kind: z.enum(['resource', 'temporal', 'data', 'safety']),
    rule: z.string(),
    /** Who and what collided, in words. */
    parties: z.array(z.string()).readonly(),
    options: z.array(z.string()).readonly(),
    /** One of the options; `ask` while a person is to choose. */
    choice: z.string(),
    explanation: z.string(),
    /** Made of what collided, so that it is found once. Whoever settles it names it by this. */
    id: z.string().exactOptional(),
    /** Of the rule. */
    version: z.number().exactOptional(),
    severity: severity.exactOptional(),
    /** All that the rule went by. */
    inputs: json.exactOptional(),
    /** What each option leads to. */
    outcomes: z.array(conflictOption).readonly().exactOptional(),
    /** In which a person is asked. */
    queue: z.string().exactOptional(),
    /** Whoever settles it must have it. */
    role: z.string().exactOptional(),
    /** The step it is about. */
    step: ref.exactOptional(),
    /** What was done about it by itself: the strategy, and those that had found no way. */
    strategy: z.string().exactOptional(),
    tried: z.array(z.string()).readonly().exactOptional(),
  }),
  /** A person has chosen; what follows from it are events of their own. */
  'conflict-settled': z.object({ type: z.literal('conflict-settled'), conflict: z.string(), option: z.string(), comment: z.string() }),
  /** A person is asked what becomes of the step, which would otherwise have failed with this error. */
  'review-wanted': z.object({ type: z.literal('review-wanted'), ref, queue: z.string(), error: stepError }),
  /** The person's answer; what follows from it are events of their own. */
  reviewed: z.object({
    type: z.literal('reviewed'),
    ref,
    answer: z.enum(['continue', 'retry', 'skip', 'fail']),
    comment: z.string(),
  }),
  /** One person's voice; who it was stands in the entry. */
  'approval-given': z.object({ type: z.literal('approval-given'), ref, approved: z.boolean(), comment: z.string() }),
  /** The engine tries by itself what the definition says, before the failure counts. */
  recovering: z.object({ type: z.literal('recovering'), step: ref, strategy: z.enum(['retry', 'rollback', 'restore', 'manual']) }),
  /** Somebody has seen that the step failed for good, and wants no more of it. */
  discarded: z.object({ type: z.literal('discarded'), ref, reason: z.string() }),
  /** In the definition's own lifecycle: because of that step, that signal (by id), a decision, which always has a reason, or as the first. */
  'stage-entered': z.object({
    type: z.literal('stage-entered'),
    stage: z.string().regex(STAGE_NAME),
    step: ref.exactOptional(),
    signal: z.string().exactOptional(),
    reason: z.string().exactOptional(),
  }),
  /** A point to come back to. */
  checkpointed: z.object({ type: z.literal('checkpointed'), name: z.string() }),
  /** Of a home document: an agent made itself known, or as something else than before. */
  'agent-registered': z.object({
    type: z.literal('agent-registered'),
    agent: z.string(),
    kind: z.enum(['robot', 'human', 'ai']),
    capabilities: z.array(z.string()).readonly(),
    capacity: z.number(),
  }),
  'agent-came': z.object({ type: z.literal('agent-came'), agent: z.string() }),
  'agent-went': z.object({ type: z.literal('agent-went'), agent: z.string() }),
  /**
   * These steps stand at their beginning again; `links` carry no message any more. Those `kept` are not run again: when their turn comes,
   * what they gave before counts.
   */
  rewound: z.object({ type: z.literal('rewound'), refs, links: sent, kept: refs.exactOptional() }),
  /** These steps stay as they went back to, and the workflow goes on without them. */
  'given-up': z.object({ type: z.literal('given-up'), refs }),
  /** A person, or the workflow that began this one, takes up again what had ended. */
  reopened: z.object({ type: z.literal('reopened'), reason: z.string() }),
  /** It goes on under another definition. `places`: for each step of the old one its number in the new, −1 for none. */
  migrated: z.object({
    type: z.literal('migrated'),
    definition: z.string(),
    name: z.string(),
    version: z.number(),
    steps: stepCount,
    places: z.array(z.number().int().min(-1)).max(MAX_STEPS).readonly(),
    sent,
  }),
  /** How consistent its decisions are from here on, once the hub has this; and how they were before. */
  'consistency-set': z.object({ type: z.literal('consistency-set'), policy: consistency, before: consistency }),
  /** Of a step, or of the workflow as a whole: what was promised about its end, once the promise began to run. */
  'deadline-set': z.object({ type: z.literal('deadline-set'), breachAt: time, atRiskAt: time.exactOptional(), step: ref.exactOptional() }),
  'deadline-at-risk': z.object({ type: z.literal('deadline-at-risk'), step: ref.exactOptional() }),
  'deadline-breached': z.object({ type: z.literal('deadline-breached'), step: ref.exactOptional() }),
  /** Of a home document: work that keeps failing is not begun until that moment. */
  'breaker-opened': z.object({ type: z.literal('breaker-opened'), breaker: z.string(), until: time }),
  'breaker-half-opened': z.object({ type: z.literal('breaker-half-opened'), breaker: z.string() }),
  'breaker-closed': z.object({ type: z.literal('breaker-closed'), breaker: z.string() }),
  /** Of a home document, and its authority's last there: under the next epoch the home is another node's. */
  'handed-over': z.object({ type: z.literal('handed-over'), epoch: z.number().int().positive(), to: z.string() }),
  /** The judgement of a proposal, known by ⟨its author's journal, n⟩; `explanation` is one sentence for the author. */
  verdict: z.object({
    type: z.literal('verdict'),
    journal: z.string(),
    n: z.number().int().positive(),
    accepted: z.boolean(),
    code: z.string(),
    explanation: z.string(),
  }),
} as const

type Known = { readonly [Type in keyof typeof EVENT_SCHEMAS]: Readonly<z.infer<(typeof EVENT_SCHEMAS)[Type]>> }

/** Written by a newer version, or damaged: kept as it is, understood by nobody here. */
export type UnknownEvent = { readonly type: 'unknown'; readonly code: number; readonly fields: readonly Json[] }

export type EventType = keyof Known
export type KnownEvent = Known[EventType]
export type WorkflowEvent = KnownEvent | UnknownEvent
export type EventOf<Type extends EventType> = Known[Type]

export type StepError = z.infer<typeof stepError>
export type Purpose = z.infer<typeof purpose>
export type ReviewAnswer = EventOf<'reviewed'>['answer']
export type Parent = z.infer<typeof parent>
export type ChildEnd = z.infer<typeof childEnd>
export type Awaited = z.infer<typeof awaited>
export type Verdict = Omit<EventOf<'verdict'>, 'type'>
export type ConflictRecord = Omit<EventOf<'conflict'>, 'type'>
/** A conflict that was found, with what was decided about it, before it is on record. */
export type Clash = Omit<ConflictRecord, 'id' | 'options' | 'outcomes'> & Required<Pick<ConflictRecord, 'outcomes' | 'version' | 'inputs'>>
export type ConflictOption = z.infer<typeof conflictOption>

/** An event with its envelope: when (wall clock of the authority, never decreasing within a log) and by whom. */
export interface LogEntry {
  readonly at: number
  readonly by: string
  readonly event: WorkflowEvent
}
