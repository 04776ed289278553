/** What a session wants done, in order. */
import type { Offer, Outcome, UpMessage } from '@holdfast/shared/agent-protocol'
import type { JournalEntry } from './journal-entry.ts'

export type SessionOutput =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect'; readonly code: number; readonly reason: string }
  | { readonly type: 'send'; readonly message: UpMessage }
  /** Run the handler once; answered by one `performed`. */
  | { readonly type: 'perform'; readonly offer: Offer }
  /** Tell the running handler to stop; it still answers `performed`. */
  | { readonly type: 'abort'; readonly task: string; readonly reason: string }
  /** Make the entry durable, in order; answered by `journalled`. */
  | { readonly type: 'append'; readonly n: number; readonly entry: JournalEntry }
  | { readonly type: 'tell'; readonly event: SessionEvent }
  /** Nothing runs and nothing more will be asked. */
  | { readonly type: 'end' }

/** News for whoever runs the agent. */
export type SessionEvent =
  | { readonly type: 'ready'; readonly gateway: string; readonly epoch: number }
  | { readonly type: 'cut'; readonly code: number; readonly reason: string; readonly retryInMs: number }
  | { readonly type: 'stale-gateway'; readonly epoch: number; readonly highest: number }
  | { readonly type: 'refused'; readonly code: string; readonly message: string }
  | { readonly type: 'declined'; readonly task: string; readonly reason: string }
  | { readonly type: 'began'; readonly task: string }
  | { readonly type: 'finished'; readonly task: string; readonly outcome: Outcome }
  | { readonly type: 'recorded'; readonly task: string }
  | { readonly type: 'stopping'; readonly task: string; readonly reason: string }
  | { readonly type: 'replaced' }
