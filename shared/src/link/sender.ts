/**
 * One direction of one home's stream, at the end that owns the feed.
 *
 *    feed ──read-feed──▶ queue ──push──▶ flight ──ack──▶ acknowledged
 *              read         │    sent              acked
 *                           └─ entries the peer itself sent: skipped
 *
 *   S1  acked ≤ sent ≤ read. A session starts with all three at the cursor the peer names for this generation, 0 when it names none.
 *   S2  Groups are pushed whole and in feed order; each push's `from` is the `to` of the one before.
 *   S3  No group is begun while WINDOW_BYTES are in flight; one that was begun is sent to its end.
 *   S4  At most one page is being read; `more` remembers that the feed reaches further or grew meanwhile, so nothing of it is missed.
 *   S5  Only an ack for something sent moves `acked`; any ack is progress.
 *   S6  Only something sent can be refused. A refusal of an earlier generation is noted and not kept: its update is nobody's any more.
 *
 * Doesn't know about time passing or connections; a stall is its session's to judge, by `progressAt`.
 */
import { cursorAhead, type End, resync } from './close.ts'
import { type FeedEntry, type StreamInput, type StreamOutput, send, type UnnotedRefusal } from './exchange.ts'
import { PAGE_ENTRIES, SKIPPED_ENTRIES, WINDOW_BYTES } from './limits.ts'
import type { Ack } from './messages/index.ts'
import { type Parcel, split } from './pieces.ts'
import { endWith, type Step, stay } from './step.ts'

interface Flight {
  readonly to: number
  readonly bytes: number
  readonly updates: number
}

export interface Sender {
  readonly home: string
  readonly peer: string
  readonly generation: string
  readonly acked: number
  readonly sent: number
  readonly read: number
  readonly queue: readonly FeedEntry[]
  readonly flight: readonly Flight[]
  /** Entries passed over since the last push. */
  readonly skipped: number
  readonly reading: boolean
  readonly more: boolean
  /** Monotonic: when an answer last came, or when waiting for one began. */
  readonly progressAt: number
}

type FeedPage = Extract<StreamInput, { type: 'feed-page' }>

export const openSender = (
  { home, peer, generation, cursor }: { home: string; peer: string; generation: string; cursor: number },
  at: number,
): Step<Sender> => {
  const fresh = { acked: cursor, sent: cursor, read: cursor, queue: [], flight: [], skipped: 0, reading: false, more: true }
  const pumped = pump({ home, peer, generation, ...fresh, progressAt: at }, at)
  return stay(pumped.state, { type: 'acknowledged', home, sequence: cursor }, ...pumped.outputs)
}

export const feedGrew = (sender: Sender, at: number): Step<Sender> => pump({ ...sender, more: true }, at)

export const feedPage = (sender: Sender, page: FeedPage, at: number): Step<Sender> => {
  if (!sender.reading || page.after !== sender.read) return stay(sender)
  if (page.end < sender.read)
    return endWith(sender, cursorAhead(sender.home, sender.read, page.end), { type: 'rolled-back', home: sender.home, end: page.end })
  const read = page.entries.at(-1)?.sequence ?? sender.read
  // A page ends between groups, so a short one is not yet the last.
  const more = sender.more || (page.entries.length > 0 && read < page.end)
  return pump({ ...sender, reading: false, more, read, queue: page.entries, progressAt: at }, at)
}

export const acknowledged = (sender: Sender, ack: Ack, at: number): Step<Sender> => {
  const wrong = wrongAck(sender, ack)
  if (wrong !== undefined) return endWith(sender, wrong)
  if (ack.sequence < sender.acked) return stay(sender)
  const flight = sender.flight.filter((group) => group.to > ack.sequence)
  const pumped = pump({ ...sender, flight, acked: ack.sequence, progressAt: at }, at)
  if (ack.sequence === sender.acked) return pumped
  return stay(pumped.state, { type: 'acknowledged', home: sender.home, sequence: ack.sequence }, ...pumped.outputs)
}

/** The peer refused an update. It says so again in later sessions, until it hears that this was noted: so below the cursor, too. */
export const refusedByPeer = (sender: Sender, reject: UnnotedRefusal): Step<Sender> => {
  const { home, generation, sequence } = reject
  if (generation !== sender.generation) return stay(sender, send({ type: 'noted', home, generation, sequence }))
  if (sequence > sender.sent) return endWith(sender, resync(home, `a refusal of ${sequence}, but only ${sender.sent} was sent`))
  return stay(sender, { ...reject, type: 'rejected' })
}

/** Waits for somebody: a page from the store, or an ack from the peer. */
export const isWaiting = (sender: Sender): boolean => sender.reading || sender.flight.length > 0

/** Up to here the peer lacks nothing. Past its own cursor lie, when nothing is under way, only entries that it sent itself. */
export const settledUpTo = (sender: Sender): number => (isWaiting(sender) || sender.queue.length > 0 ? sender.acked : sender.read)

const wrongAck = (sender: Sender, ack: Ack): End | undefined => {
  if (ack.generation !== sender.generation) return resync(sender.home, `an ack for the generation ${ack.generation}`)
  if (ack.sequence > sender.sent) return resync(sender.home, `an ack for ${ack.sequence}, but only ${sender.sent} was sent`)
  return undefined
}

const pump = (start: Sender, at: number): Step<Sender> => {
  const outputs: StreamOutput[] = []
  let sender: Sender = isWaiting(start) ? start : { ...start, progressAt: at }
  while (sender.queue.length > 0 && hasCredit(sender)) {
    const next = takeGroup(sender)
    outputs.push(...next.outputs)
    sender = next.state
  }
  if (!wantsPage(sender)) return { state: sender, outputs }
  const { home, read } = sender
  outputs.push({ type: 'read-feed', home, after: read, limit: PAGE_ENTRIES })
  return { state: { ...sender, reading: true, more: false }, outputs }
}

const hasCredit = (sender: Sender): boolean => sender.flight.reduce((sum, group) => sum + group.bytes, 0) < WINDOW_BYTES

const wantsPage = (sender: Sender): boolean => sender.more && !sender.reading && sender.queue.length === 0 && hasCredit(sender)

/** Moves the queue's first group on: pushed, or passed over when nothing in it is news to the peer. */
const takeGroup = (sender: Sender): Step<Sender> => {
  const group = sender.queue[0]?.group
  const length = sender.queue.findIndex((entry) => entry.group !== group)
  const entries = length === -1 ? sender.queue : sender.queue.slice(0, length)
  const rest: Sender = { ...sender, queue: sender.queue.slice(entries.length) }
  const news = entries.filter((entry) => entry.origin !== sender.peer)
  const skipped = sender.skipped + entries.length
  if (news.length === 0 && skipped < SKIPPED_ENTRIES) return stay({ ...rest, skipped })
  return pushGroup(rest, group ?? 0, news, entries.at(-1)?.sequence ?? sender.sent)
}

const pushGroup = (sender: Sender, group: number, news: readonly FeedEntry[], to: number): Step<Sender> => {
  const frames = split(news, sender.sent, to).map((parcel) => send(pushOf(sender, group, parcel)))
  const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0)
  const flight = [...sender.flight, { to, bytes, updates: news.length }]
  return { state: { ...sender, sent: to, skipped: 0, flight }, outputs: frames }
}

const pushOf = ({ home, generation }: Sender, group: number, { from, to, last, updates }: Parcel) =>
  ({ type: 'push', home, generation, group, from, to, last, updates }) as const
