/**
 * The parent's end of the link, one machine for each connection: its states, and what goes in and out. The moves are in `hub-session.ts`.
 *
 *                   hello               cursors
 *    awaiting-hello ─────▶ admitting ─────────────▶ live
 *          │                  │ turned-away          │
 *          └──────────────────┴──────────────────────┴──▶ ended      (wrong message, too long, bye, silence, stall, closed, stop)
 */
import type { Refusal } from '../values/refusal.ts'
import type { End } from './close.ts'
import type { Conversation } from './conversation.ts'
import type { CallInput, StreamInput, StreamOutput } from './exchange.ts'
import type { Hello, Interest } from './messages/index.ts'
import type { Recall } from './streams.ts'
import type { Timing } from './timing.ts'

/** What of its homes a child may hold; without it, all. */
export interface MayFollow {
  /** Documents by their ids. */
  readonly documents: boolean
  readonly queues: readonly string[]
}

export interface HubSettings {
  readonly hub: string
  /** Who the transport proved the child to be, and the homes it may speak for. */
  readonly principal: { readonly node: string; readonly homes: readonly string[]; readonly mayFollow?: MayFollow }
  readonly timing: Timing
}

export type HubState =
  | { readonly name: 'awaiting-hello'; readonly until: number }
  | { readonly name: 'admitting'; readonly until: number; readonly hello: Hello; readonly version: number }
  | { readonly name: 'live'; readonly conversation: Conversation }
  | { readonly name: 'ended'; readonly end: End }

export interface HubSession {
  readonly settings: HubSettings
  readonly state: HubState
  readonly wakeAt: number | undefined
}

export type HubInput =
  | { readonly type: 'received'; readonly bytes: Uint8Array }
  | ({ readonly type: 'cursors' } & Recall)
  /** The shell's own objection to a node, such as a life or a generation that can't be. */
  | { readonly type: 'turned-away'; readonly reason: Refusal }
  | { readonly type: 'closed'; readonly code: number; readonly reason: string }
  | { readonly type: 'wake' }
  | { readonly type: 'stop' }
  | StreamInput
  | CallInput

export type HubOutput =
  | StreamOutput
  /** Answer with `cursors` or `turned-away` (H3). */
  | {
      readonly type: 'admit'
      readonly node: string
      readonly life: string
      readonly generation: string
      readonly homes: readonly string[]
      readonly interests?: readonly Interest[]
    }
  | { readonly type: 'disconnect'; readonly code: number; readonly reason: string }
  | { readonly type: 'wake-at'; readonly monotonic: number }

export interface HubStep {
  readonly state: HubSession
  readonly outputs: readonly HubOutput[]
}
