/**
 * What `/ws/workflows` speaks: JSON texts, both ways.
 *
 *   server                              client
 *   hello {at}               ──────▶
 *                            ◀──────    subscribe {facility?, workflow?, definition?, events?, after?}      the last one holds
 *   workflow {workflow}      ──────▶
 *   facility {facility}      ──────▶
 *   conflict {conflict}      ──────▶    to whoever asked for events of the type `conflict`
 *   event {event}            ──────▶    to whoever asked for events
 *   reset                    ──────▶    what came after that cursor is not kept any more
 *
 * A workflow or facility is told as its present state, not a difference: the latest replaces those before it, so a client that lists once
 * after subscribing and then applies messages by id is up to date. Events are told each by itself, in order; whoever lost its connection
 * goes on `after` the cursor of the last event it heard. `events` names types, or the beginnings of some: `step`, `workflow.failed`.
 */
import { z } from '@hono/zod-openapi'
import { conflictCase } from './conflict-views.ts'
import { eventView } from './insight-views.ts'
import { id } from './route-parts.ts'
import { facilityView, workflowSummary } from './views.ts'

export const liveFromServer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), at: z.number() }),
  z.strictObject({ type: z.literal('workflow'), workflow: workflowSummary }),
  z.strictObject({ type: z.literal('facility'), facility: facilityView }),
  z.strictObject({ type: z.literal('conflict'), conflict: conflictCase }),
  z.strictObject({ type: z.literal('event'), event: eventView }),
  z.strictObject({ type: z.literal('reset') }),
])
export type LiveFromServer = z.infer<typeof liveFromServer>

const MAX_TYPES = 32

export const liveFromClient = z.strictObject({
  type: z.literal('subscribe'),
  facility: id.optional(),
  workflow: id.optional(),
  definition: id.optional(),
  events: z
    .array(z.string().regex(/^[a-z-]{1,40}(\.[a-z-]{1,40})?$/))
    .min(1)
    .max(MAX_TYPES)
    .readonly()
    .optional(),
  after: z.string().max(64).optional(),
})
export type LiveFromClient = z.infer<typeof liveFromClient>

/** Why the server ended a live socket (B14–B16). */
export const LIVE_CLOSE = {
  tooBig: 1009,
  rate: 1008,
  tooSlow: 1013,
  malformed: 4400,
  notFound: 4404,
} as const
