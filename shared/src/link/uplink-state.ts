/**
 * The child's end of the link: its states, and what goes in and out. The moves are in `uplink.ts`.
 *
 *              start             connected             cursors            welcome
 *    offline ─────────▶ connecting ──────▶ recalling ─────────▶ greeting ─────────▶ live
 *       ▲                  ▲  │                │                   │                 │
 *       │ stop             │  └────────────────┴───────────────────┴─────────────────┤ closed, bye, wrong message,
 *    (any state)           │ wake                                                    ▼ too long, silence, stall
 *                          └──────────────────────────────────────────────────── backing off
 */
import type { Refusal } from '../values/refusal.ts'
import type { Backlog } from './backlog.ts'
import type { Conversation } from './conversation.ts'
import type { CallInput, StreamInput, StreamOutput } from './exchange.ts'
import type { Recall } from './streams.ts'
import type { Timing } from './timing.ts'

export interface UplinkSettings {
  readonly node: string
  /** One run of this process. */
  readonly life: string
  readonly homes: readonly string[]
  readonly timing: Timing
}

export type UplinkState =
  | { readonly name: 'offline' }
  | { readonly name: 'connecting'; readonly until: number }
  | { readonly name: 'recalling'; readonly until: number }
  | { readonly name: 'greeting'; readonly until: number; readonly recall: Recall }
  | { readonly name: 'live'; readonly hub: string; readonly clockSkewMs: number; readonly conversation: Conversation }
  | { readonly name: 'backing-off'; readonly until: number }

export interface Uplink {
  readonly settings: UplinkSettings
  readonly state: UplinkState
  /** Number of the present or last connection. */
  readonly session: number
  /** Sessions in a row that did not live. */
  readonly failures: number
  readonly backlogs: ReadonlyMap<string, Backlog>
  readonly lastError: { readonly reason: Refusal; readonly at: number } | undefined
  /** The last `wake-at` told, if it still stands. */
  readonly wakeAt: number | undefined
}

/** When a step happens, and a fresh random 32-bit unsigned integer for its jitter. */
export interface Moment {
  readonly wall: number
  readonly monotonic: number
  readonly random: number
}

/** What happened on one connection. */
export type SessionInput =
  | { readonly type: 'connected' }
  | ({ readonly type: 'cursors' } & Recall)
  | { readonly type: 'received'; readonly bytes: Uint8Array }
  | { readonly type: 'closed'; readonly code: number; readonly reason: string }
  | Exclude<StreamInput, { type: 'feed-grew' }>
  | Extract<CallInput, { type: 'replied' }>

export type UplinkInput =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'wake' }
  | Extract<StreamInput, { type: 'feed-grew' }>
  | Extract<CallInput, { type: 'call' }>
  | (SessionInput & { readonly session: number })

export type PlainOutput =
  | StreamOutput
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect'; readonly code: number; readonly reason: string }
  /** Answer with `cursors`, after any commit of an earlier session has settled. */
  | { readonly type: 'load-cursors'; readonly homes: readonly string[] }
  /** Replaces any earlier one: one timer is enough. */
  | { readonly type: 'wake-at'; readonly monotonic: number }

/** Answers to an output carry its session. */
export type UplinkOutput = PlainOutput & { readonly session: number }

export interface UplinkStep {
  readonly state: Uplink
  readonly outputs: readonly UplinkOutput[]
}
