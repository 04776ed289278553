/**
 * What the API answers with. These schemas are the contract: the OpenAPI document and the types are drawn from them, so the three
 * cannot disagree. Moments are milliseconds since 1970 by the authority's wall clock.
 *
 * Every view of a workflow says how fresh it is: `asOf` is the moment up to which this node knows the workflow, and `behind` is true
 * when it has reason to believe there is more.
 */
import { z } from '@hono/zod-openapi'
import { STAGE_NAME } from '../definition/lifecycle.ts'
import { CONSISTENCY_LEVELS } from '../definition/schema-consistency.ts'
import type { Json } from '../values/json.ts'
import { STATUS_PATHS, STEP_STATUSES } from '../workflow/status.ts'
import { conflictView } from './conflict-views.ts'
import { checkpointView } from './control-views.ts'
import { lineView } from './line-view.ts'

export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const

export const moment = z.number().int().openapi({ description: 'milliseconds since 1970' })
const count = z.number().int().nonnegative()
/** Whatever JSON.parse gave: bounded and scanned before it comes here, so there is nothing left to check. */
export const jsonValue = z
  .custom<Json>((value) => value !== undefined)
  .openapi({ type: ['object', 'array', 'string', 'number', 'boolean', 'null'], description: 'any JSON value' })
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()

/** `active.<stage>` where the definition has a lifecycle of its own. */
export const statusPath = z
  .union([z.enum(STATUS_PATHS), z.templateLiteral(['active.', z.string().regex(STAGE_NAME)])])
  .openapi({ type: 'string', description: `one of ${STATUS_PATHS.join(', ')}; or active.<stage>, in a lifecycle of the definition's own` })

const stageView = z
  .object({
    name: z.string(),
    title: z.string(),
    activity: z.enum(STATUS_PATHS).openapi({ description: 'what its steps do meanwhile' }),
    next: list(z.string()).openapi({ description: 'stages that a decision could lead to' }),
  })
  .openapi('StageView', { description: "where it stands in its definition's own lifecycle" })

const errorView = z.object({ code: z.string(), message: z.string() })

const summaryMembers = {
  id: z.string(),
  facility: z.string(),
  key: z.string(),
  title: z.string(),
  definition: z.object({ name: z.string(), version: count, hash: z.string() }),
  status: statusPath,
  stage: stageView.optional(),
  pending: z.boolean().openapi({ description: 'only proposed so far: its authority has not answered' }),
  priority: z.enum(PRIORITIES),
  progress: z.object({ settled: count, total: count, percent: z.number().min(0).max(100) }),
  explain: z.string().openapi({ description: 'one sentence: what it is doing or waiting for' }),
  createdAt: moment,
  updatedAt: moment,
  endedAt: moment.optional(),
  proposals: count.openapi({ description: 'proposals without a verdict' }),
  conflicts: count,
  asOf: moment,
  behind: z.boolean(),
  consistency: z.enum(CONSISTENCY_LEVELS).openapi({ description: 'the level that this answer was given at' }),
}

export const workflowSummary = z.object(summaryMembers).openapi('WorkflowSummary')
export type WorkflowSummary = z.infer<typeof workflowSummary>

export const stepView = z
  .object({
    ref: count.openapi({ description: 'number by which the log names the step' }),
    id: z.string().openapi({ example: 'pick/2', description: "the definition's id; an item of a map adds its number" }),
    title: z.string(),
    type: z.string().openapi({ example: 'task', description: 'the kind of work' }),
    status: z.enum(STEP_STATUSES),
    attempt: count,
    agent: z.string().optional(),
    since: moment,
    waitsFor: z.string().optional().openapi({ description: 'one sentence' }),
    error: errorView.optional(),
    input: jsonValue.optional(),
    output: jsonValue.optional(),
    review: z.object({ queue: z.string() }).optional().openapi({ description: 'a person is asked what becomes of it' }),
    voices: list(z.object({ by: z.string(), approved: z.boolean(), comment: z.string() })).optional(),
    discarded: z.boolean().optional().openapi({ description: 'it failed for good, and nobody wants more of it' }),
    doneBefore: z.boolean().optional().openapi({ description: 'it was done before it was gone back on, and could not be undone' }),
    parent: count.optional().openapi({ description: 'ref of the map this is an item of' }),
    child: z.string().optional().openapi({ description: 'the workflow that it ran last' }),
  })
  .openapi('StepView')
export type StepView = z.infer<typeof stepView>

export const linkView = z
  .object({
    from: z.string(),
    to: z.string(),
    trigger: z.enum(['complete', 'fail', 'all']),
    when: z.string().optional(),
    state: z.enum(['undecided', 'sent', 'dead']),
  })
  .openapi('LinkView')
export type LinkView = z.infer<typeof linkView>

export const proposalView = z
  .object({ journal: z.string(), n: count, by: z.string(), at: moment, reason: z.string(), text: z.string() })
  .openapi('ProposalView')
export type ProposalView = z.infer<typeof proposalView>

export const verdictView = z
  .object({ journal: z.string(), n: count, at: moment, accepted: z.boolean(), code: z.string(), explanation: z.string() })
  .openapi('VerdictView')
export type VerdictView = z.infer<typeof verdictView>

/** As the summary, except that `proposals` are spelled out. */
const policyView = z.object({ level: z.enum(CONSISTENCY_LEVELS), maxLagMs: count.optional(), maxPending: count.optional() })

export const workflowDetail = z
  .object({
    ...summaryMembers,
    input: jsonValue,
    output: jsonValue.optional(),
    error: errorView.optional(),
    parent: z.object({ workflow: z.string(), step: count }).optional().openapi({ description: 'whose step it was started by' }),
    steps: list(stepView),
    links: list(linkView),
    proposals: list(proposalView),
    conflictList: list(conflictView),
    verdicts: list(verdictView),
    givenUp: list(z.object({ step: z.string(), status: z.string(), error: errorView.optional() }))
      .optional()
      .openapi({ description: 'what it goes on without, or ended without' }),
    checkpoints: list(checkpointView).optional(),
    policy: policyView.openapi({ description: 'the consistency it is decided under' }),
    held: z
      .object({ effects: count, since: moment })
      .optional()
      .openapi({ description: 'what its policy keeps from the world until the hub has acknowledged it' }),
    log: z.object({ length: count, head: z.string() }),
  })
  .openapi('WorkflowDetail')
export type WorkflowDetail = z.infer<typeof workflowDetail>

export const historyEntry = z
  .object({
    position: count,
    at: moment,
    by: z.string(),
    node: z.string(),
    type: z.string(),
    step: z.string().optional(),
    text: z.string().openapi({ description: 'the event as a sentence' }),
    data: jsonValue,
  })
  .openapi('HistoryEntry')
export type HistoryEntry = z.infer<typeof historyEntry>

export const facilityView = z
  .object({
    id: z.string(),
    title: z.string(),
    connected: z.boolean(),
    lastHeardAt: moment.optional(),
    pendingUpdates: count.optional(),
    lagMs: z.number().nonnegative().optional(),
    line: lineView.optional().openapi({ description: 'the line to it; at a gateway, the line to its hub' }),
    tablets: list(z.object({ node: z.string(), line: lineView }))
      .optional()
      .openapi({ description: 'the lines of the nodes behind this gateway' }),
    workflows: z.object({ open: count, completed: count, failed: count, cancelled: count }),
  })
  .openapi('FacilityView')
export type FacilityView = z.infer<typeof facilityView>

export const agentView = z
  .object({
    id: z.string(),
    facility: z.string(),
    kind: z.enum(['robot', 'human', 'ai']),
    capabilities: list(z.string()),
    capacity: count,
    present: z.boolean().openapi({ description: 'connected to its gateway, as far as this node knows' }),
    since: moment.openapi({ description: 'when it came, went or registered last' }),
    lastHeardAt: moment.optional().openapi({ description: 'known to its gateway only, as are position and tasks' }),
    position: z.object({ x: z.number(), y: z.number(), map: z.string().optional() }).optional(),
    tasks: list(z.string()).optional().openapi({ description: 'attempts it was offered or works on' }),
  })
  .openapi('AgentView')
export type AgentView = z.infer<typeof agentView>

export const healthView = z
  .object({
    status: z.enum(['starting', 'ok', 'degraded', 'read-only', 'stopping']),
    ready: z.boolean(),
    node: z.string(),
    explain: z.string().optional().openapi({ description: 'one sentence, when something is not as it should be' }),
  })
  .openapi('HealthView')
export type HealthView = z.infer<typeof healthView>
