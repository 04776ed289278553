/** The condition of a line as the API shows it: what is pending and since when, what went wrong last, when it is tried again (I12). */
import { z } from '@hono/zod-openapi'
import type { LinkCondition } from '../link/index.ts'

const milliseconds = z.number().nonnegative()

const documents = z.array(z.string()).readonly()

const comparisonView = z
  .object({
    agoMs: milliseconds,
    documents: z.number().int().nonnegative(),
    differing: z.number().int().nonnegative(),
    unhealed: documents.openapi({ description: 'still differing in the way they did at the comparison before' }),
  })
  .openapi({ description: 'the last time both ends compared what they hold' })

export const lineView = z
  .object({
    state: z.string().openapi({ description: '`live`; at a hub else `awaited`, since its children dial' }),
    pending: z
      .number()
      .int()
      .nonnegative()
      .openapi({ description: "updates of this node's making that the other end has not acknowledged" }),
    oldestMs: milliseconds.optional(),
    waitingMs: milliseconds.optional().openapi({ description: 'how long the other end owes an answer' }),
    lastError: z.object({ next: z.string(), code: z.string(), message: z.string(), agoMs: milliseconds }).optional(),
    nextTryInMs: milliseconds.optional(),
    comparison: comparisonView.optional(),
    forked: documents.optional().openapi({ description: 'documents whose copies hold the same items with other content: for a person' }),
    clockSkewMs: z.number().optional().openapi({ description: "this node's wall clock less its hub's" }),
  })
  .openapi('LineView')
export type LineView = z.infer<typeof lineView>

interface Compared {
  readonly comparison?: LineView['comparison'] | undefined
  readonly forked?: readonly string[]
}

export const lineViewOf = (
  condition: LinkCondition & { readonly clockSkewMs?: number | undefined },
  { comparison, forked = [] }: Compared = {},
): LineView => {
  const { state, pending, oldestMs, waitingMs, lastError, nextTryInMs, clockSkewMs } = condition
  return {
    state,
    pending,
    ...(oldestMs === undefined ? {} : { oldestMs }),
    ...(waitingMs === undefined ? {} : { waitingMs }),
    ...(lastError === undefined ? {} : { lastError: errorOf(lastError) }),
    ...(nextTryInMs === undefined ? {} : { nextTryInMs }),
    ...(comparison === undefined ? {} : { comparison }),
    ...(forked.length === 0 ? {} : { forked }),
    ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
  }
}

const errorOf = ({ reason: { next, code, message }, agoMs }: NonNullable<LinkCondition['lastError']>) => ({ next, code, message, agoMs })
