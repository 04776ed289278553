/**
 * A home's lease of authority, as the coordinator's store holds it and as it travels: who may admit events for the home, under which
 * epoch, and by what the epoch may end.
 *
 *   until-released   by handover or by an operator's word that the holder is lost; never by time, so it may be cut off for weeks
 *   timed            as well when it was not renewed: the holder stops one duration after it sent its last renewal, and nobody else gets
 *                    the home before one duration and a margin after that renewal was committed
 *
 * The holdover is fixed for an epoch: another one, as configured meanwhile, begins with the next.
 */
import { z } from 'zod'

const timed = z.strictObject({
  kind: z.literal('timed'),
  durationMs: z.int().min(100).max(86_400_000),
  /** More than the two clocks can drift apart within the duration. */
  marginMs: z.int().min(10).max(86_400_000),
})

export const HOLDOVER = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('until-released') }), timed])
export type Holdover = Readonly<z.infer<typeof HOLDOVER>>

export const UNTIL_RELEASED: Holdover = { kind: 'until-released' }

export const LEASE = z.strictObject({
  home: z.string(),
  epoch: z.int().min(1),
  /** The node that was granted the epoch; of a vacant one, who held the last. */
  holder: z.string(),
  holdover: HOLDOVER,
  /** How often it was renewed: a row whose number stands still was not renewed. */
  renewals: z.int().min(0),
  /** Its holder was declared lost and nobody was named instead: the first of its nodes that asks gets the next epoch. */
  vacant: z.boolean(),
  /** The highest epoch each node was ever granted: what it wrote under it is its own writing, however late it comes. */
  granted: z.record(z.string(), z.int().min(1)),
  /** How this epoch began, for whoever asks later. */
  since: z.strictObject({
    /** Wall clock of the coordinator. */
    at: z.number(),
    how: z.enum(['enrolment', 'handover', 'ran-out', 'declared-lost', 'shown']),
    by: z.string(),
    reason: z.string().exactOptional(),
  }),
})
export type Lease = Readonly<z.infer<typeof LEASE>>
