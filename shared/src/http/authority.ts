/** Who runs a facility, as the API sees it; gateway and coordinator each answer it in their own way. */
import { z } from '@hono/zod-openapi'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { moment } from './views.ts'

export const authorityView = z
  .object({
    facility: z.string(),
    epoch: z.number().int().nonnegative().openapi({ description: 'strictly increasing; whoever shows a lower one is refused' }),
    holder: z.string().optional().openapi({ description: 'the gateway that holds it; a standby knows only that it does not' }),
    vacant: z.boolean().openapi({ description: 'its holder was declared lost; the first of its gateways that asks gets it' }),
    holdover: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('until-released') }),
      z.object({ kind: z.literal('timed'), durationMs: z.number(), marginMs: z.number() }),
    ]),
    decides: z.boolean().optional().openapi({ description: 'known at a gateway: whether it may decide at this moment' }),
    since: z.object({ at: moment, how: z.string(), by: z.string(), reason: z.string().optional() }).optional(),
    gateways: z
      .array(z.object({ node: z.string(), connected: z.boolean() }))
      .readonly()
      .optional(),
  })
  .openapi('AuthorityView')
export type AuthorityView = z.infer<typeof authorityView>

export interface AuthorityDesk {
  of(facility: string): AuthorityView | undefined
  /** Resolves when the successor has been granted the facility, or where that is not known here, when this side has given it up. */
  handOver(facility: string, to: string, by: string): Promise<Result<AuthorityView, Refusal>>
  declareLost(
    facility: string,
    will: { readonly reason: string; readonly heir?: string },
    by: string,
  ): Promise<Result<AuthorityView, Refusal>>
}
