/**
 * What the streams, the calls and the world say to each other. A shell carries out every output, in order, and answers the four that ask:
 *
 *   read-feed → feed-page        commit → committed | commit-failed        rejected → rejection-noted        asked → replied
 *
 * A commit is one store transaction: the updates that pass the guard, the refusals of those that don't, and the cursor. It is made
 * only if the durable cursor still stands at ⟨generation, from⟩ (or, for 0, at another generation or nowhere); if not, it fails with
 * `cursor-moved`. So two sessions that overlap can't apply a group twice.
 */
import type { Json } from '../values/json.ts'
import type { Refusal } from '../values/refusal.ts'
import type { Result } from '../values/result.ts'
import { encodeMessage } from './codec.ts'
import type { Down, Up } from './messages/index.ts'

/** An entry of a home's feed, as the store returns it. Entries of one group stand together, and a page never ends inside one. */
export interface FeedEntry {
  readonly sequence: number
  readonly group: number
  readonly document: string
  readonly origin: string
  readonly update: Uint8Array
}

export interface FeedUpdate {
  readonly document: string
  readonly sequence: number
  readonly update: Uint8Array
}

export interface Refused {
  readonly document: string
  readonly sequence: number
  readonly refusal: Refusal
}

/** A refusal written down here that its sender has not noted yet; `generation` is the sender's. */
export interface UnnotedRefusal extends Refused {
  readonly home: string
  readonly generation: string
}

export type StreamInput =
  /** `end` is the feed's last number now; `count` tells how many of the new entries did not come from the peer. */
  | { readonly type: 'feed-grew'; readonly home: string; readonly end: number; readonly count: number }
  | {
      readonly type: 'feed-page'
      readonly home: string
      readonly after: number
      readonly entries: readonly FeedEntry[]
      readonly end: number
    }
  | { readonly type: 'committed'; readonly home: string; readonly refused: readonly Refused[] }
  | { readonly type: 'commit-failed'; readonly home: string; readonly reason: Refusal }
  | { readonly type: 'rejection-noted'; readonly home: string; readonly generation: string; readonly sequence: number }

/** Questions beside the feeds; their life is drawn in `calls.ts`. */
export type CallInput =
  /** `id` is the shell's own; exactly one `call-ended` with it follows. */
  | {
      readonly type: 'call'
      readonly id: number
      readonly home: string
      readonly kind: string
      readonly body: Json
      readonly timeoutMs: number
    }
  | { readonly type: 'replied'; readonly n: number; readonly result: Result<Json, Refusal> }

export type CallOutput =
  /** The peer asks: answer with `replied`. */
  | { readonly type: 'asked'; readonly n: number; readonly home: string; readonly kind: string; readonly body: Json }
  | { readonly type: 'call-ended'; readonly id: number; readonly result: Result<Json, Refusal> }

export type StreamOutput =
  | CallOutput
  | { readonly type: 'send'; readonly bytes: Uint8Array }
  | { readonly type: 'read-feed'; readonly home: string; readonly after: number; readonly limit: number }
  | {
      readonly type: 'commit'
      readonly home: string
      readonly generation: string
      readonly from: number
      readonly to: number
      readonly updates: readonly FeedUpdate[]
    }
  /** The peer durably holds our feed up to here. At a session's start it may be lower than before: the peer was restored. */
  | { readonly type: 'acknowledged'; readonly home: string; readonly sequence: number }
  /** The peer holds more of this end's feed than there is: the store was put back. Its feeds go on in another generation. */
  | { readonly type: 'rolled-back'; readonly home: string; readonly end: number }
  /** The peer refused an update of ours: write it down where its author sees it, then answer `rejection-noted`. */
  | ({ readonly type: 'rejected' } & UnnotedRefusal)
  /** The sender has noted a refusal of ours: its row may go. */
  | { readonly type: 'forget-refusal'; readonly home: string; readonly generation: string; readonly sequence: number }

export const send = (message: Up | Down): StreamOutput & { readonly type: 'send' } => ({ type: 'send', bytes: encodeMessage(message) })
