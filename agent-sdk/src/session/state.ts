/**
 * The state of an agent's session with its gateway: a link, and the tasks it knows.
 *
 *   link   idle ─▶ connecting ─▶ greeting ─▶ ready          one hello, one welcome
 *             ▲         └──────────┴───────────┴─▶ waiting ─▶ connecting        any end: back off, come back
 *                                                             ended             closed, or replaced by another process
 *
 *   task   beginning ─▶ working ─▶ ending ─▶ finished ─▶ settled
 *              │           └──▶ stopping ──┘                  ▲
 *              │                    └──▶ settling ────────────┘
 *          interrupted (begun in an earlier life; done again or failed, as configured)
 *
 * Invariants
 *   A1  A handler runs only after `begun` is durable, so at most once per task, unless a crash interrupted it and `redo` is chosen.
 *   A2  A result is sent only after `finished` is durable, so every send of it, in this life or a later one, is the same.
 *   A3  A result is sent at each welcome and every `resendMs`, until `recorded` or `forget`.
 *   A4  Nothing is accepted from a gateway whose epoch is below the highest seen.
 *   A5  A task that may not be finished offline is aborted when its lease ends, counted from the sending of the last answered heartbeat.
 *   A6  An offer that was declined is declined again, for as long as this life remembers: the gateway may have given it to another.
 */
import type { Hello, Offer, Outcome, Position } from '@holdfast/shared/agent-protocol'

export interface SessionConfig extends Pick<Hello, 'agent' | 'kind' | 'capabilities' | 'capacity' | 'sdk'> {
  /** What to do with a task that a crash interrupted. */
  readonly onInterrupted: 'fail' | 'redo'
  readonly timing: Timing
}

export interface Timing {
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** How long the gateway may take to welcome. */
  readonly welcomeMs: number
  /** An unrecorded result is sent again after this. */
  readonly resendMs: number
}

export const DEFAULT_TIMING: Timing = { firstRetryMs: 500, longestRetryMs: 30_000, welcomeMs: 10_000, resendMs: 30_000 }

export interface Ready {
  readonly at: 'ready'
  readonly heartbeatMs: number
  readonly beatAt: number
  readonly heardAt: number
  /** Heartbeats not answered yet, oldest first. */
  readonly beats: readonly { readonly beat: number; readonly sentAt: number }[]
}

/** `failures` counts attempts since the last welcome. Times are monotonic milliseconds. */
export type Link =
  | { readonly at: 'idle' }
  | { readonly at: 'connecting'; readonly failures: number }
  | { readonly at: 'greeting'; readonly failures: number; readonly since: number }
  | Ready
  | { readonly at: 'waiting'; readonly failures: number; readonly until: number }
  | { readonly at: 'ended' }

export type StopCause = 'told' | 'forgotten' | 'lease-ended' | 'closing'

/** `awaits` is the number of the journal entry that must be durable before the task moves on. */
export type Held =
  | { readonly phase: 'beginning'; readonly offer: Offer; readonly leaseFrom: number; readonly awaits: number }
  | { readonly phase: 'interrupted'; readonly offer: Offer }
  | Working
  | { readonly phase: 'stopping'; readonly offer: Offer; readonly cause: StopCause }
  | { readonly phase: 'ending'; readonly outcome: Outcome; readonly awaits: number }
  | { readonly phase: 'finished'; readonly outcome: Outcome; readonly sentAt?: number }
  | { readonly phase: 'settling'; readonly awaits: number }
  | { readonly phase: 'settled'; readonly outcome?: Outcome }

export interface Working {
  readonly phase: 'working'
  readonly offer: Offer
  readonly leaseFrom: number
  readonly progress?: number
}

export interface SessionState {
  readonly config: SessionConfig
  readonly link: Link
  readonly epoch: number
  /** When the last answered heartbeat was sent. */
  readonly renewedAt: number
  readonly beat: number
  /** Number of journal entries asked for in this life. */
  readonly appended: number
  readonly closing: boolean
  readonly position?: Position
  readonly tasks: ReadonlyMap<string, Held>
  /** Offers declined in this life with the reasons, the oldest first. */
  readonly declined: ReadonlyMap<string, string>
}

/** Tasks whose handler runs or is about to: what counts against capacity. */
export const isBusy = (held: Held): boolean =>
  held.phase === 'beginning' || held.phase === 'interrupted' || held.phase === 'working' || held.phase === 'stopping'

/** Accepted, and its end not recorded: what hello tells. */
export const isHeld = (held: Held): boolean => held.phase !== 'beginning' && held.phase !== 'settling' && held.phase !== 'settled'

export const busyCount = (state: SessionState): number => [...state.tasks.values()].filter(isBusy).length

export const holding = (state: SessionState): readonly string[] => [...state.tasks].filter(([, held]) => isHeld(held)).map(([task]) => task)

export const leaseEnd = (state: SessionState, held: Working): number =>
  held.offer.mayFinishOffline ? Number.POSITIVE_INFINITY : Math.max(held.leaseFrom, state.renewedAt) + held.offer.leaseMs
