/**
 * Whose authority a node is, and under which epoch: the one thing the engine asks before it decides.
 *
 *   isAuthority   this node admits events for the home: facts always (C1), decisions while its standing allows it
 *   epochOf       what it writes for the home stands in segments of this epoch
 *   standing      whether it may decide at this moment; a timed lease that has run out says no, and the node is the authority still
 *                 until it learns of a higher epoch or hands over
 *
 * Doesn't know how epochs are granted; that is `grants.ts`, and `holder.ts` follows it at the gateway.
 */
import type { Instant } from '../values/instant.ts'
import type { Refusal } from '../values/refusal.ts'

export type Standing = { readonly mayDecide: true } | { readonly mayDecide: false; readonly refusal: Refusal }

export interface Authorities {
  /** Homes whose work this node may ever run: as their authority now, or as a standby that can become it. */
  readonly homes: ReadonlySet<string>
  isAuthority(home: string): boolean
  /** Of a home this node is no authority of: the highest epoch it has heard of, 0 for none. */
  epochOf(home: string): number
  standing(home: string, now: Instant): Standing
  /** The log of the home goes on under this epoch, which is higher than its own. */
  heard?(home: string, epoch: number): void
}

/** An agent knows one epoch for all that a gateway offers it. */
export const highestEpoch = ({ homes, epochOf }: Authorities): number => Math.max(0, ...[...homes].map((home) => epochOf(home)))
