/**
 * What `/ws/workflows` speaks: JSON texts, both ways.
 *
 *   server                              client
 *   hello {at}               ──────▶
 *                            ◀──────    subscribe {facility?}      as often as it likes; the last one holds
 *   workflow {workflow}      ──────▶
 *   facility {facility}      ──────▶
 *
 * Each message is the present state, not a difference: the latest of a workflow replaces those before it, so a client that lists once after
 * subscribing and then applies messages by id is up to date.
 */
import { z } from '@hono/zod-openapi'
import { id } from './route-parts.ts'
import { facilityView, workflowSummary } from './views.ts'

export const liveFromServer = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), at: z.number() }),
  z.strictObject({ type: z.literal('workflow'), workflow: workflowSummary }),
  z.strictObject({ type: z.literal('facility'), facility: facilityView }),
])
export type LiveFromServer = z.infer<typeof liveFromServer>

export const liveFromClient = z.strictObject({ type: z.literal('subscribe'), facility: id.optional() })
export type LiveFromClient = z.infer<typeof liveFromClient>

/** Why the server ended a live socket (B14–B16). */
export const LIVE_CLOSE = {
  tooBig: 1009,
  rate: 1008,
  tooSlow: 1013,
  malformed: 4400,
  notFound: 4404,
} as const
