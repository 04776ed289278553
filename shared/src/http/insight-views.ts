/** What the API shows of work under way beside its state: events as they happen, times, the graph with its longest way, queues. */
import { z } from '@hono/zod-openapi'
import { STEP_STATUSES } from '../workflow/status.ts'
import { statusPath } from './views.ts'

const count = z.number().int().nonnegative()
const milliseconds = z.number().nonnegative()
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly()

export const eventView = z
  .object({
    cursor: z.string().openapi({ description: 'to go on from after a broken connection' }),
    workflow: z.string(),
    facility: z.string(),
    definition: z.string(),
    position: count.openapi({ description: 'place in the history of the workflow, from 1' }),
    at: z.number().int(),
    by: z.string(),
    type: z.string().openapi({ example: 'step.failed' }),
    step: z.string().optional(),
    text: z.string(),
    status: statusPath,
    progress: z.object({ settled: count, total: count, percent: z.number().min(0).max(100) }),
  })
  .openapi('EventView')

const stepMetrics = z.object({
  id: z.string(),
  queuedMs: milliseconds.openapi({ description: 'waited for somebody, something, or the pause after a failure' }),
  workingMs: milliseconds,
  elapsedMs: milliseconds,
  attempts: count,
  failures: count,
})

export const metricsView = z
  .object({
    status: statusPath,
    elapsedMs: milliseconds,
    failures: count,
    percent: z.number().min(0).max(100),
    remainingMs: milliseconds.optional().openapi({ description: 'by what its steps usually take; absent while that is not known' }),
    steps: list(stepMetrics),
  })
  .openapi('WorkflowMetrics')
export type MetricsView = z.infer<typeof metricsView>

const graphNode = z.object({
  id: z.string(),
  title: z.string(),
  type: z.string(),
  status: z.enum(STEP_STATUSES),
  level: count.openapi({ description: 'longest way from an entry, in links' }),
  usualMs: milliseconds.optional(),
})
const graphEdge = z.object({
  from: z.string(),
  to: z.string(),
  trigger: z.enum(['complete', 'fail', 'all']),
  when: z.string().optional(),
  state: z.enum(['undecided', 'sent', 'dead']),
})

export const graphView = z.object({ nodes: list(graphNode), edges: list(graphEdge) }).openapi('WorkflowGraph')
export type GraphView = z.infer<typeof graphView>

export const systemView = z
  .object({
    queues: z
      .object({ inputs: count, offers: count, tasks: count, calls: count })
      .openapi({ description: 'what waits for a turn and for an agent; what agents and functions have in hand' }),
    watchers: count,
    consistency: z
      .object({
        heldEffects: count,
        heldAnswers: count,
        refusals: z.object({ eventual: count, bounded_staleness: count, strong: count }),
      })
      .openapi({ description: 'what consistency policies hold back until the hub has more; decisions they refused since the start' }),
  })
  .openapi('SystemPerformance')
export type SystemView = z.infer<typeof systemView>
