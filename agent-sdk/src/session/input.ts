/**
 * What a session is told, with `now` in monotonic milliseconds where time matters. `connected`, `message` and `cut` speak of the connection that the
 * last `connect` asked for; after `disconnect` nothing more is said of it.
 */
import type { DownMessage, Outcome, Position } from '@holdfast/shared/agent-protocol'

export type SessionInput =
  | { readonly type: 'start' }
  | { readonly type: 'connected'; readonly now: number }
  | { readonly type: 'message'; readonly now: number; readonly message: DownMessage }
  | { readonly type: 'cut'; readonly now: number; readonly code: number; readonly reason: string }
  /** All journal entries up to number `n` are durable. */
  | { readonly type: 'journalled'; readonly now: number; readonly n: number }
  | { readonly type: 'performed'; readonly task: string; readonly outcome: Outcome }
  | { readonly type: 'progress'; readonly task: string; readonly progress: number }
  | { readonly type: 'moved'; readonly position: Position }
  | { readonly type: 'tick'; readonly now: number }
  /** Take nothing new, let running handlers finish (or abort them), then leave. */
  | { readonly type: 'close'; readonly abort: boolean }
